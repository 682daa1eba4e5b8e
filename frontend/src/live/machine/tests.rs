use super::*;

/// A machine with its clock.
#[derive(Default)]
struct Page {
    machine: Machine,
    now: i64,
}

impl Page {
    fn listening(in_progress: bool) -> Self {
        let mut page = Self::default();
        assert_eq!(
            page.step(Input::Need(Need { generation: 1, listen: true, in_progress })),
            [Command::Open(1)]
        );
        page
    }

    /// On socket 1, with a pong, and caught up.
    fn live() -> Self {
        let mut page = Self::listening(true);
        assert_eq!(page.step(Input::Opened(1)), [Command::Ping(1)]);
        assert_eq!(page.step(Input::Pong(1)), [Command::Fetch]);
        assert_eq!(page.step(Input::Fetched(true)), []);
        assert_eq!(page.machine.status(), ConnectionStatus::Live);
        page
    }

    fn step(&mut self, input: Input) -> Vec<Command> {
        self.machine.step(self.now, 7, input)
    }

    fn after(&mut self, millis: i64) -> Vec<Command> {
        self.now += millis;
        self.step(Input::Tick)
    }

    /// Sleeps until the machine asks to be resumed.
    fn next(&mut self) -> Vec<Command> {
        self.now = self.machine.wake_at().unwrap();
        self.step(Input::Tick)
    }
}

#[test]
fn an_open_socket_is_not_live_before_a_pong_and_a_look() {
    let mut page = Page::listening(true);
    assert_eq!(page.machine.status(), ConnectionStatus::CatchingUp);
    assert_eq!(page.step(Input::Opened(1)), [Command::Ping(1)], "pings at once");
    assert_eq!(page.machine.status(), ConnectionStatus::CatchingUp);
    assert_eq!(page.step(Input::Pong(1)), [Command::Fetch]);
    assert_eq!(page.machine.status(), ConnectionStatus::CatchingUp);
    page.step(Input::Fetched(true));
    assert_eq!(page.machine.status(), ConnectionStatus::Live);
}

#[test]
fn it_pings_every_45_seconds_and_the_clock_of_the_pong_ends_the_wait() {
    let mut page = Page::live();
    assert_eq!(page.next(), [Command::Ping(1)]);
    assert_eq!(page.now, PING_EVERY);
    page.step(Input::Pong(1));
    assert_eq!(page.next(), [Command::Fetch], "and looks every minute");
    assert_eq!(page.now, FETCH_EVERY);
    assert_eq!(page.machine.status(), ConnectionStatus::Live, "which it need not tell");
}

#[test]
fn no_pong_in_8_seconds_is_a_loss() {
    let mut page = Page::live();
    assert_eq!(page.next(), [Command::Ping(1)]);
    assert_eq!(page.after(PONG_WITHIN - 1), []);
    assert_eq!(page.machine.status(), ConnectionStatus::Live);
    assert_eq!(page.after(1), [Command::Close(1)]);
    assert_eq!(page.machine.status(), ConnectionStatus::Reconnecting);
    assert_eq!(page.next(), [Command::Open(2)]);
    page.step(Input::Opened(2));
    assert_eq!(page.machine.status(), ConnectionStatus::Reconnecting, "open is not answered");
    page.step(Input::Pong(2));
    assert_eq!(page.machine.status(), ConnectionStatus::CatchingUp);
}

#[test]
fn the_back_off_doubles_and_resets_on_a_pong_not_on_open() {
    let mut page = Page::listening(false);
    let mut waits = Vec::new();
    for socket in 1..=8 {
        page.step(Input::Opened(socket));
        page.step(Input::Lost(socket));
        let lost_at = page.now;
        assert_eq!(page.next(), [Command::Open(socket + 1)]);
        waits.push(page.now - lost_at);
    }
    assert_eq!(waits, [257, 507, 1_007, 2_007, 4_007, 8_007, 15_007, 15_007]);
    page.step(Input::Opened(9));
    page.step(Input::Pong(9));
    page.step(Input::Lost(9));
    let lost_at = page.now;
    page.step(Input::Fetched(true));
    page.next();
    assert_eq!(page.now - lost_at, 257);
    assert!((0..u32::MAX).step_by(9_999_991).all(|n| (250..=500).contains(&back_off(1, n))));
}

#[test]
fn a_connection_that_does_not_open_is_given_up() {
    let mut page = Page::listening(true);
    assert_eq!(page.after(OPEN_WITHIN), [Command::Close(1)]);
    assert_eq!(page.machine.status(), ConnectionStatus::Reconnecting);
}

#[test]
fn it_looks_every_minute_even_without_a_connection() {
    let mut page = Page::listening(true);
    page.step(Input::Lost(1));
    let mut looked = false;
    while page.now <= FETCH_EVERY {
        let commands = page.next();
        looked |= commands.contains(&Command::Fetch);
        for act in commands {
            if let Command::Open(socket) = act {
                page.step(Input::Lost(socket));
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
                Command::Ping(socket) => drop(page.step(Input::Pong(socket))),
                Command::Fetch => drop(page.step(Input::Fetched(true))),
                Command::Open(socket) => opened = Some(socket),
                Command::Close(_) => panic!("the old socket serves until the new one answers"),
            }
        }
    }
    assert_eq!((page.now, opened), (REPLACE_AFTER, Some(2)));
    assert_eq!(page.machine.status(), ConnectionStatus::Live);
    assert_eq!(page.step(Input::Opened(2)), [Command::Ping(2)]);
    assert_eq!(page.step(Input::Pong(2)), [Command::Close(1), Command::Fetch]);
    assert_eq!(page.machine.status(), ConnectionStatus::CatchingUp);
    page.step(Input::Fetched(true));
    assert_eq!(page.machine.status(), ConnectionStatus::Live);
    assert_eq!(page.step(Input::Lost(1)), [], "the old socket is nobody's any more");
}

#[test]
fn waking_looks_and_pings_at_once_or_reconnects_without_waiting() {
    let mut page = Page::live();
    page.now += 1_000;
    let commands = page.step(Input::Resumed);
    assert_eq!(commands, [Command::Ping(1), Command::Fetch]);
    page.step(Input::Lost(1));
    page.step(Input::Fetched(false));
    assert_eq!(page.step(Input::Resumed), [Command::Open(2), Command::Fetch]);
}

#[test]
fn a_look_that_failed_is_made_again_and_until_then_it_is_not_live() {
    let mut page = Page::listening(true);
    page.step(Input::Opened(1));
    page.step(Input::Pong(1));
    page.step(Input::Fetched(false));
    assert_eq!(page.machine.status(), ConnectionStatus::CatchingUp);
    assert_eq!(page.next(), [Command::Fetch]);
    assert_eq!(page.now, FETCH_AGAIN_AFTER);
    page.step(Input::Fetched(true));
    assert_eq!(page.machine.status(), ConnectionStatus::Live);
}

#[test]
fn a_look_that_began_before_the_pong_does_not_count() {
    let mut page = Page::listening(true);
    page.step(Input::Opened(1));
    assert!(page.step(Input::Resumed).contains(&Command::Fetch));
    assert_eq!(page.step(Input::Pong(1)), [], "one look at a time");
    assert_eq!(page.step(Input::Fetched(true)), [Command::Fetch]);
    assert_eq!(page.machine.status(), ConnectionStatus::CatchingUp);
    page.step(Input::Fetched(true));
    assert_eq!(page.machine.status(), ConnectionStatus::Live);
}

#[test]
fn an_order_that_is_found_while_fetching_does_not_make_that_look_unseen() {
    let mut page = Page::listening(false);
    page.step(Input::Opened(1));
    assert_eq!(page.step(Input::Pong(1)), [Command::Fetch]);
    page.step(Input::Need(Need { generation: 1, listen: true, in_progress: true }));
    page.step(Input::Fetched(true));
    assert_eq!(page.machine.status(), ConnectionStatus::Live);
    page.now += PING_EVERY;
    page.step(Input::Pong(1));
    assert!(page.after(FETCH_EVERY - PING_EVERY).contains(&Command::Fetch), "and looks on");
}

#[test]
fn a_puzzling_message_is_looked_into_without_another_ping() {
    let mut page = Page::live();
    assert_eq!(page.step(Input::UnknownMessage), [Command::Fetch]);
}

#[test]
fn a_page_whose_place_was_taken_waits_until_somebody_looks_at_it() {
    let mut page = Page::live();
    assert_eq!(page.step(Input::Displaced(2)), [], "not this socket");
    assert_eq!(page.step(Input::Displaced(1)), [Command::Close(1)]);
    assert_eq!(page.machine.status(), ConnectionStatus::Displaced);
    assert_eq!(page.after(RETRY_LONGEST), [], "no reconnecting");
    assert_eq!(page.next(), [Command::Fetch], "the order is looked at all the same");
    page.step(Input::Fetched(true));
    assert_eq!(page.step(Input::Resumed), [Command::Open(2), Command::Fetch]);
    assert_eq!(page.machine.status(), ConnectionStatus::CatchingUp);
}

#[test]
fn with_nothing_to_hear_of_it_hangs_up_and_sleeps() {
    let mut page = Page::live();
    assert_eq!(page.step(Input::Need(Need::default())), [Command::Close(1)]);
    assert_eq!((page.machine.status(), page.machine.wake_at()), (ConnectionStatus::Off, None));
    let need = Need { generation: 1, listen: true, in_progress: false };
    assert_eq!(page.step(Input::Need(need)), [Command::Open(2)]);
}

#[test]
fn another_order_to_follow_does_not_shorten_the_wait_after_a_loss() {
    let mut page = Page::live();
    page.step(Input::Lost(1));
    let need = Need { generation: 1, listen: true, in_progress: true };
    assert_eq!(page.step(Input::Need(need)), []);
    assert_eq!(page.machine.status(), ConnectionStatus::Reconnecting);
    assert_eq!(page.next(), [Command::Open(2)]);
}

#[test]
fn a_page_that_listens_anew_takes_its_place_again() {
    let mut page = Page::live();
    page.step(Input::Displaced(1));
    page.step(Input::Need(Need { generation: 1, listen: true, in_progress: false }));
    assert_eq!(page.machine.status(), ConnectionStatus::Displaced);
    page.step(Input::Need(Need::default()));
    let need = Need { generation: 1, listen: true, in_progress: true };
    assert_eq!(page.step(Input::Need(need)), [Command::Open(2)]);
}

#[test]
fn another_account_or_restaurant_gets_a_socket_of_its_own() {
    let mut page = Page::live();
    let need = Need { generation: 2, listen: true, in_progress: true };
    assert_eq!(page.step(Input::Need(need)), [Command::Close(1), Command::Open(2)]);
    assert_eq!(page.step(Input::Need(need)), []);
}
