use super::*;

/// A machine with its clock, told things in words.
#[derive(Default)]
struct Page {
    machine: Machine,
    now: i64,
}

impl Page {
    fn listening(under_way: bool) -> Self {
        let mut page = Self::default();
        assert_eq!(page.hears(Input::Need(Need { listen: true, under_way })), [Act::Open(1)]);
        page
    }

    /// On line 1, with a pong, and caught up.
    fn live() -> Self {
        let mut page = Self::listening(true);
        assert_eq!(page.hears(Input::Opened(1)), [Act::Ping(1)]);
        assert_eq!(page.hears(Input::Pong(1)), [Act::Look]);
        assert_eq!(page.hears(Input::Looked(true)), []);
        assert_eq!(page.machine.touch(), Touch::Live);
        page
    }

    fn hears(&mut self, input: Input) -> Vec<Act> {
        self.machine.step(self.now, 7, input)
    }

    fn after(&mut self, millis: i64) -> Vec<Act> {
        self.now += millis;
        self.hears(Input::Tick)
    }

    /// Sleeps until the machine asks to be woken.
    fn next(&mut self) -> Vec<Act> {
        self.now = self.machine.wake_at().unwrap();
        self.hears(Input::Tick)
    }
}

#[test]
fn an_open_socket_is_not_live_before_a_pong_and_a_look() {
    let mut page = Page::listening(true);
    assert_eq!(page.machine.touch(), Touch::CatchingUp);
    assert_eq!(page.hears(Input::Opened(1)), [Act::Ping(1)], "pings at once");
    assert_eq!(page.machine.touch(), Touch::CatchingUp);
    assert_eq!(page.hears(Input::Pong(1)), [Act::Look]);
    assert_eq!(page.machine.touch(), Touch::CatchingUp);
    page.hears(Input::Looked(true));
    assert_eq!(page.machine.touch(), Touch::Live);
}

#[test]
fn it_pings_every_45_seconds_and_the_clock_of_the_pong_ends_the_wait() {
    let mut page = Page::live();
    assert_eq!(page.next(), [Act::Ping(1)]);
    assert_eq!(page.now, PING_EVERY);
    page.hears(Input::Pong(1));
    assert_eq!(page.next(), [Act::Look], "and looks every minute");
    assert_eq!(page.now, LOOK_EVERY);
    assert_eq!(page.machine.touch(), Touch::Live, "which it need not tell");
}

#[test]
fn no_pong_in_8_seconds_is_a_loss() {
    let mut page = Page::live();
    assert_eq!(page.next(), [Act::Ping(1)]);
    assert_eq!(page.after(PONG_WITHIN - 1), []);
    assert_eq!(page.machine.touch(), Touch::Live);
    assert_eq!(page.after(1), [Act::Close(1)]);
    assert_eq!(page.machine.touch(), Touch::Reconnecting);
    assert_eq!(page.next(), [Act::Open(2)]);
    page.hears(Input::Opened(2));
    assert_eq!(page.machine.touch(), Touch::Reconnecting, "open is not answered");
    page.hears(Input::Pong(2));
    assert_eq!(page.machine.touch(), Touch::CatchingUp);
}

#[test]
fn the_back_off_doubles_and_resets_on_a_pong_not_on_open() {
    let mut page = Page::listening(false);
    let mut waits = Vec::new();
    for line in 1..=8 {
        page.hears(Input::Opened(line));
        page.hears(Input::Lost(line));
        let lost_at = page.now;
        assert_eq!(page.next(), [Act::Open(line + 1)]);
        waits.push(page.now - lost_at);
    }
    assert_eq!(waits, [257, 507, 1_007, 2_007, 4_007, 8_007, 15_007, 15_007]);
    page.hears(Input::Opened(9));
    page.hears(Input::Pong(9));
    page.hears(Input::Lost(9));
    let lost_at = page.now;
    page.hears(Input::Looked(true));
    page.next();
    assert_eq!(page.now - lost_at, 257);
    assert!((0..u32::MAX).step_by(9_999_991).all(|n| (250..=500).contains(&back_off(1, n))));
}

#[test]
fn a_connection_that_does_not_open_is_given_up() {
    let mut page = Page::listening(true);
    assert_eq!(page.after(OPEN_WITHIN), [Act::Close(1)]);
    assert_eq!(page.machine.touch(), Touch::Reconnecting);
}

#[test]
fn it_looks_every_minute_even_without_a_connection() {
    let mut page = Page::listening(true);
    page.hears(Input::Lost(1));
    let mut looked = false;
    while page.now <= LOOK_EVERY {
        let acts = page.next();
        looked |= acts.contains(&Act::Look);
        for act in acts {
            if let Act::Open(line) = act {
                page.hears(Input::Lost(line));
            }
        }
    }
    assert!(looked);
}

#[test]
fn the_connection_is_replaced_before_two_hours_new_one_first() {
    let mut page = Page::live();
    let mut opened = None;
    while opened.is_none() {
        for act in page.next() {
            match act {
                Act::Ping(line) => drop(page.hears(Input::Pong(line))),
                Act::Look => drop(page.hears(Input::Looked(true))),
                Act::Open(line) => opened = Some(line),
                Act::Close(_) => panic!("the old line serves until the new one answers"),
            }
        }
    }
    assert_eq!((page.now, opened), (REPLACE_AFTER, Some(2)));
    assert_eq!(page.machine.touch(), Touch::Live);
    assert_eq!(page.hears(Input::Opened(2)), [Act::Ping(2)]);
    assert_eq!(page.hears(Input::Pong(2)), [Act::Close(1), Act::Look]);
    assert_eq!(page.machine.touch(), Touch::CatchingUp);
    page.hears(Input::Looked(true));
    assert_eq!(page.machine.touch(), Touch::Live);
    assert_eq!(page.hears(Input::Lost(1)), [], "the old line is nobody's any more");
}

#[test]
fn waking_looks_and_pings_at_once_or_reconnects_without_waiting() {
    let mut page = Page::live();
    page.now += 1_000;
    let acts = page.hears(Input::Woken);
    assert_eq!(acts, [Act::Ping(1), Act::Look]);
    page.hears(Input::Lost(1));
    page.hears(Input::Looked(false));
    assert_eq!(page.hears(Input::Woken), [Act::Open(2), Act::Look]);
}

#[test]
fn a_look_that_failed_is_made_again_and_until_then_it_is_not_live() {
    let mut page = Page::listening(true);
    page.hears(Input::Opened(1));
    page.hears(Input::Pong(1));
    page.hears(Input::Looked(false));
    assert_eq!(page.machine.touch(), Touch::CatchingUp);
    assert_eq!(page.next(), [Act::Look]);
    assert_eq!(page.now, LOOK_AGAIN_AFTER);
    page.hears(Input::Looked(true));
    assert_eq!(page.machine.touch(), Touch::Live);
}

#[test]
fn a_look_that_began_before_the_pong_does_not_count() {
    let mut page = Page::listening(true);
    page.hears(Input::Opened(1));
    assert!(page.hears(Input::Woken).contains(&Act::Look));
    assert_eq!(page.hears(Input::Pong(1)), [], "one look at a time");
    assert_eq!(page.hears(Input::Looked(true)), [Act::Look]);
    assert_eq!(page.machine.touch(), Touch::CatchingUp);
    page.hears(Input::Looked(true));
    assert_eq!(page.machine.touch(), Touch::Live);
}

#[test]
fn an_order_that_is_found_while_looking_does_not_make_that_look_unseen() {
    let mut page = Page::listening(false);
    page.hears(Input::Opened(1));
    assert_eq!(page.hears(Input::Pong(1)), [Act::Look]);
    page.hears(Input::Need(Need { listen: true, under_way: true }));
    page.hears(Input::Looked(true));
    assert_eq!(page.machine.touch(), Touch::Live);
    page.now += PING_EVERY;
    page.hears(Input::Pong(1));
    assert!(page.after(LOOK_EVERY - PING_EVERY).contains(&Act::Look), "and looks on");
}

#[test]
fn a_puzzling_message_is_looked_into_without_another_ping() {
    let mut page = Page::live();
    assert_eq!(page.hears(Input::Puzzled), [Act::Look]);
}

#[test]
fn with_nothing_to_hear_of_it_hangs_up_and_sleeps() {
    let mut page = Page::live();
    assert_eq!(page.hears(Input::Need(Need::default())), [Act::Close(1)]);
    assert_eq!((page.machine.touch(), page.machine.wake_at()), (Touch::Off, None));
    let need = Need { listen: true, under_way: false };
    assert_eq!(page.hears(Input::Need(need)), [Act::Open(2)]);
}
