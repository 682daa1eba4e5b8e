//! How the page stays in touch: a state machine without a socket, a clock or chance of its own.
//!
//! It is told what happened and when, and says what to do; [`super`] does it. A socket that opened
//! proves nothing (a proxy answers before it has dialled): only a pong does.

/// Milliseconds between two pings; API Gateway closes what is silent for ten minutes.
pub const PING_EVERY: i64 = 45_000;
/// Milliseconds without an answer after which a connection counts as lost.
pub const PONG_WITHIN: i64 = 8_000;
/// Milliseconds that a connection may take to open, ticket included.
pub const OPEN_WITHIN: i64 = 15_000;
/// Milliseconds after which a connection is replaced: API Gateway ends it at two hours.
pub const REPLACE_AFTER: i64 = 110 * 60_000;
/// Milliseconds between two looks at orders under way, whatever the socket says.
pub const LOOK_EVERY: i64 = 60_000;
const RETRY_FIRST: i64 = 500;
const RETRY_LONGEST: i64 = 30_000;
const LOOK_AGAIN_AFTER: i64 = 3_000;

/// How the page is in touch, as it is always shown while it listens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Touch {
    /// Nothing to hear of: no socket is wanted.
    #[default]
    Off,
    /// A connection was lost, and none has answered since.
    Reconnecting,
    /// What happened meanwhile is being fetched.
    CatchingUp,
    /// A pong on this socket, and caught up since.
    Live,
}

/// What there is to listen for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Need {
    /// Whether pushes are wanted: an order is under way, or a page that shows orders is visible.
    pub listen: bool,
    /// Whether an order is under way.
    pub under_way: bool,
}

/// What happened. Lines are numbered from 1, in the order of [`Act::Open`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// There is something else to listen for.
    Need(Need),
    /// This line's socket is open.
    Opened(u32),
    /// A pong came on this line.
    Pong(u32),
    /// This line could not be opened, or has closed.
    Lost(u32),
    /// The page woke: online again, shown again, or back from the browser's cache.
    Woken,
    /// A message came that only a later version of this page understands.
    Puzzled,
    /// The look at orders under way has ended; whether all could be fetched.
    Looked(bool),
    /// Time has passed.
    Tick,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Get a ticket and open a socket: this line.
    Open(u32),
    /// Send a ping on this line.
    Ping(u32),
    /// Close this line.
    Close(u32),
    /// Fetch every order under way, then say [`Input::Looked`].
    Look,
}

/// The state.
#[derive(Debug, Default)]
pub struct Machine {
    need: Need,
    /// The line that counts.
    line: Option<Line>,
    /// The one that will replace it.
    successor: Option<Line>,
    lines_made: u32,
    /// Losses since the last pong.
    losses: u32,
    open_at: i64,
    replace_at: i64,
    caught_up: bool,
    looking: bool,
    look_at: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    id: u32,
    /// When it was begun, or opened.
    since: i64,
    opened: bool,
    answered: bool,
    ping_at: i64,
    pong_by: Option<i64>,
}

impl Machine {
    /// How the page is in touch.
    #[must_use]
    pub fn touch(&self) -> Touch {
        match &self.line {
            _ if !self.need.listen => Touch::Off,
            Some(line) if line.answered && self.caught_up => Touch::Live,
            Some(line) if line.answered => Touch::CatchingUp,
            _ if self.losses > 0 => Touch::Reconnecting,
            _ => Touch::CatchingUp,
        }
    }

    /// When to tick at the latest, on the clock of [`Machine::step`].
    #[must_use]
    pub fn wake_at(&self) -> Option<i64> {
        if !self.need.listen {
            return None;
        }
        let lines = self.line.iter().chain(&self.successor).map(Line::due);
        let open = self.line.is_none().then_some(self.open_at);
        let replace = self.line.is_some_and(|line| line.answered) && self.successor.is_none();
        let look = self.look_at.filter(|_| !self.looking);
        lines.chain(open).chain(replace.then_some(self.replace_at)).chain(look).min()
    }

    /// Takes in what happened at `now` (milliseconds, monotonic) and says what to do;
    /// `chance` is a fresh random number.
    pub fn step(&mut self, now: i64, chance: u32, input: Input) -> Vec<Act> {
        let mut acts = Vec::new();
        match input {
            Input::Need(need) => self.need(now, need),
            Input::Opened(id) => self.opened(now, id),
            Input::Pong(id) => self.pong(now, id, &mut acts),
            Input::Lost(id) => self.lost(now, chance, id),
            Input::Woken => self.woken(now),
            Input::Puzzled => self.look_at = Some(now),
            Input::Looked(complete) => self.looked(now, complete),
            Input::Tick => {}
        }
        match self.need.listen {
            true => self.act(now, chance, &mut acts),
            false => self.hang_up(&mut acts),
        }
        acts
    }

    fn need(&mut self, now: i64, need: Need) {
        if need.listen && !self.need.listen {
            (self.losses, self.open_at) = (0, now);
        }
        if need.under_way && self.look_at.is_none() && !self.looking {
            self.look_at = Some(now + LOOK_EVERY);
        }
        self.need = need;
    }

    fn opened(&mut self, now: i64, id: u32) {
        if let Some(line) = self.line_mut(id) {
            (line.opened, line.since, line.ping_at) = (true, now, now);
        }
    }

    fn pong(&mut self, now: i64, id: u32, acts: &mut Vec<Act>) {
        let Some(line) = self.line_mut(id) else { return };
        line.pong_by = None;
        let first = !std::mem::replace(&mut line.answered, true);
        let since = line.since;
        self.losses = 0;
        if self.successor.is_some_and(|successor| successor.id == id) {
            acts.extend(self.line.map(|old| Act::Close(old.id)));
            self.line = self.successor.take();
        }
        if first {
            self.replace_at = since + REPLACE_AFTER;
            self.caught_up = false;
            self.look_at = Some(now);
        }
    }

    fn lost(&mut self, now: i64, chance: u32, id: u32) {
        if self.successor.is_some_and(|line| line.id == id) {
            self.successor = None;
            self.replace_at = now + RETRY_LONGEST;
        } else if self.line.is_some_and(|line| line.id == id) {
            self.line = self.successor.take();
            self.losses = self.losses.saturating_add(1);
            self.open_at = now + back_off(self.losses, chance);
        }
    }

    fn woken(&mut self, now: i64) {
        self.open_at = now;
        self.look_at = Some(now);
        for line in self.line.iter_mut().chain(&mut self.successor).filter(|line| line.opened) {
            line.ping_at = now;
        }
    }

    fn looked(&mut self, now: i64, complete: bool) {
        self.looking = false;
        // One that was asked for meanwhile is due already and stays so.
        if self.look_at.is_none() {
            self.look_at = match (complete, self.need.under_way) {
                (false, _) => Some(now + LOOK_AGAIN_AFTER),
                (true, true) => Some(now + LOOK_EVERY),
                (true, false) => None,
            };
            let answered = self.line.is_some_and(|line| line.answered);
            self.caught_up = answered && (complete || self.caught_up);
        }
    }

    /// Does what is due.
    fn act(&mut self, now: i64, chance: u32, acts: &mut Vec<Act>) {
        for line in [self.line, self.successor].into_iter().flatten() {
            if line.overdue(now) {
                acts.push(Act::Close(line.id));
                self.lost(now, chance, line.id);
            }
        }
        for line in self.line.iter_mut().chain(&mut self.successor) {
            if line.opened && line.ping_at <= now {
                line.ping_at = now + PING_EVERY;
                line.pong_by = line.pong_by.or(Some(now + PONG_WITHIN));
                acts.push(Act::Ping(line.id));
            }
        }
        if self.line.is_none() && self.open_at <= now {
            self.line = Some(self.new_line(now, acts));
        }
        let old = self.line.is_some_and(|line| line.answered) && self.replace_at <= now;
        if old && self.successor.is_none() {
            self.successor = Some(self.new_line(now, acts));
        }
        if !self.looking && self.look_at.is_some_and(|at| at <= now) {
            (self.looking, self.look_at) = (true, None);
            acts.push(Act::Look);
        }
    }

    fn hang_up(&mut self, acts: &mut Vec<Act>) {
        let lines = self.line.take().into_iter().chain(self.successor.take());
        acts.extend(lines.map(|line| Act::Close(line.id)));
        (self.caught_up, self.look_at) = (false, None);
    }

    fn new_line(&mut self, now: i64, acts: &mut Vec<Act>) -> Line {
        self.lines_made += 1;
        acts.push(Act::Open(self.lines_made));
        Line {
            id: self.lines_made,
            since: now,
            opened: false,
            answered: false,
            ping_at: i64::MAX,
            pong_by: None,
        }
    }

    fn line_mut(&mut self, id: u32) -> Option<&mut Line> {
        self.line.iter_mut().chain(&mut self.successor).find(|line| line.id == id)
    }
}

impl Line {
    fn deadline(&self) -> Option<i64> {
        if self.opened { self.pong_by } else { Some(self.since + OPEN_WITHIN) }
    }

    fn overdue(&self, now: i64) -> bool {
        self.deadline().is_some_and(|by| by <= now)
    }

    fn due(&self) -> i64 {
        self.deadline().map_or(self.ping_at, |by| by.min(self.ping_at))
    }
}

/// Half to all of a span that doubles with each loss, so that a crowd does not return at once.
fn back_off(losses: u32, chance: u32) -> i64 {
    let span = (RETRY_FIRST << losses.min(10).saturating_sub(1)).min(RETRY_LONGEST);
    span / 2 + i64::from(chance) % (span / 2 + 1)
}

#[cfg(test)]
mod tests;
