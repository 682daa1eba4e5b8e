//! When to connect, ping, fetch and give up: a state machine without a socket or clock of its own.
//!
//! Its input is what happened and when, its output what to do; [`super`] does it. A socket that opened
//! proves nothing (a proxy answers before it has dialled): only a pong does.

pub use shared::live::{FETCH_EVERY, PING_EVERY};

/// Milliseconds without an answer after which a connection counts as lost.
pub const PONG_WITHIN: i64 = 8_000;
/// Milliseconds that a connection may take to open, ticket included.
pub const OPEN_WITHIN: i64 = 15_000;
/// Milliseconds after which a connection is replaced: API Gateway ends it at two hours.
pub const REPLACE_AFTER: i64 = 110 * 60_000;
const RETRY_FIRST: i64 = 500;
const RETRY_LONGEST: i64 = 30_000;
const FETCH_AGAIN_AFTER: i64 = 3_000;

/// The state of the live connection, as the page shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ConnectionStatus {
    /// Nothing to listen for: no socket is wanted.
    #[default]
    Off,
    /// A connection was lost, and none has answered since.
    Reconnecting,
    /// What happened meanwhile is being fetched.
    CatchingUp,
    /// A pong on this socket, and caught up since.
    Live,
    /// The customer has as many connections as they may, all newer than this page's was.
    Displaced,
}

/// What there is to listen for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Need {
    /// Counts the accounts or restaurants whose pushes were wanted: each gets a socket of its own.
    pub generation: u32,
    /// Whether pushes are wanted: an order is in progress, or a page that shows orders is visible.
    pub listen: bool,
    /// Whether an order is in progress.
    pub in_progress: bool,
}

/// What happened. Sockets have numbers from 1, in the order of [`Command::Open`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// There is something else to listen for.
    Need(Need),
    /// This socket is open.
    Opened(u32),
    /// A pong came on this socket.
    Pong(u32),
    /// This socket could not be opened, or has closed.
    Lost(u32),
    /// A newer connection of the customer's takes this socket's place.
    Displaced(u32),
    /// The page woke: online again, shown again, or back from the browser's cache.
    Resumed,
    /// A message came that only a later version of this page understands.
    UnknownMessage,
    /// The fetch of the orders in progress has ended; whether all could be fetched.
    Fetched(bool),
    /// Time has passed.
    Tick,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Get a ticket and open this socket.
    Open(u32),
    /// Send a ping on this socket.
    Ping(u32),
    /// Close this socket.
    Close(u32),
    /// Fetch every order under way, then say [`Input::Fetched`].
    Fetch,
}

/// The state.
#[derive(Debug, Default)]
pub struct Machine {
    need: Need,
    /// The socket in use.
    socket: Option<Socket>,
    /// The one that will replace it.
    successor: Option<Socket>,
    sockets_opened: u32,
    /// Losses since the last pong.
    losses: u32,
    open_at: i64,
    replace_at: i64,
    caught_up: bool,
    /// Whether another connection has taken this page's place, until somebody looks at the page.
    displaced: bool,
    fetching: bool,
    fetch_at: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
struct Socket {
    id: u32,
    /// When it was begun, or opened.
    since: i64,
    opened: bool,
    answered: bool,
    ping_at: i64,
    pong_by: Option<i64>,
}

impl Machine {
    /// The state to show.
    #[must_use]
    pub fn status(&self) -> ConnectionStatus {
        match &self.socket {
            _ if !self.need.listen => ConnectionStatus::Off,
            _ if self.displaced => ConnectionStatus::Displaced,
            Some(socket) if socket.answered && self.caught_up => ConnectionStatus::Live,
            Some(socket) if socket.answered => ConnectionStatus::CatchingUp,
            _ if self.losses > 0 => ConnectionStatus::Reconnecting,
            _ => ConnectionStatus::CatchingUp,
        }
    }

    /// When to tick at the latest, on the clock of [`Machine::step`].
    #[must_use]
    pub fn wake_at(&self) -> Option<i64> {
        if !self.need.listen {
            return None;
        }
        let sockets = self.socket.iter().chain(&self.successor).map(Socket::due);
        let open = (self.socket.is_none() && !self.displaced).then_some(self.open_at);
        let replace = self.socket.is_some_and(|socket| socket.answered) && self.successor.is_none();
        let look = self.fetch_at.filter(|_| !self.fetching);
        sockets.chain(open).chain(replace.then_some(self.replace_at)).chain(look).min()
    }

    /// Takes in what happened at `now` (milliseconds, monotonic) and says what to do;
    /// `random` is a fresh random number.
    pub fn step(&mut self, now: i64, random: u32, input: Input) -> Vec<Command> {
        let mut commands = Vec::new();
        match input {
            Input::Need(need) => self.need(now, need, &mut commands),
            Input::Opened(id) => self.opened(now, id),
            Input::Pong(id) => self.pong(now, id, &mut commands),
            Input::Lost(id) => self.lost(now, random, id),
            Input::Displaced(id) => self.displaced(id, &mut commands),
            Input::Resumed => self.resumed(now),
            Input::UnknownMessage => self.fetch_at = Some(now),
            Input::Fetched(complete) => self.fetched(now, complete),
            Input::Tick => {}
        }
        match self.need.listen {
            true => self.run_due(now, random, &mut commands),
            false => self.close_all(&mut commands),
        }
        commands
    }

    fn need(&mut self, now: i64, need: Need, commands: &mut Vec<Command>) {
        let is_of_another = need.generation != self.need.generation;
        if is_of_another {
            self.close_all(commands);
        }
        if need.listen && (!self.need.listen || is_of_another) {
            (self.losses, self.open_at, self.displaced) = (0, now, false);
        }
        if need.in_progress && self.fetch_at.is_none() && !self.fetching {
            self.fetch_at = Some(now + FETCH_EVERY);
        }
        self.need = need;
    }

    fn opened(&mut self, now: i64, id: u32) {
        if let Some(socket) = self.socket_mut(id) {
            (socket.opened, socket.since, socket.ping_at) = (true, now, now);
        }
    }

    fn pong(&mut self, now: i64, id: u32, commands: &mut Vec<Command>) {
        let Some(socket) = self.socket_mut(id) else { return };
        socket.pong_by = None;
        let first = !std::mem::replace(&mut socket.answered, true);
        let since = socket.since;
        self.losses = 0;
        if self.successor.is_some_and(|successor| successor.id == id) {
            commands.extend(self.socket.map(|old| Command::Close(old.id)));
            self.socket = self.successor.take();
        }
        if first {
            self.replace_at = since + REPLACE_AFTER;
            self.caught_up = false;
            self.fetch_at = Some(now);
        }
    }

    fn lost(&mut self, now: i64, random: u32, id: u32) {
        if self.successor.is_some_and(|socket| socket.id == id) {
            self.successor = None;
            self.replace_at = now + RETRY_LONGEST;
        } else if self.socket.is_some_and(|socket| socket.id == id) {
            self.socket = self.successor.take();
            self.losses = self.losses.saturating_add(1);
            self.open_at = now + back_off(self.losses, random);
        }
    }

    /// Reconnecting would take another page's place, which would take this one's again.
    fn displaced(&mut self, id: u32, commands: &mut Vec<Command>) {
        if self.socket_mut(id).is_some() {
            let fetch_at = self.fetch_at;
            self.close_all(commands);
            (self.fetch_at, self.displaced) = (fetch_at, true);
        }
    }

    fn resumed(&mut self, now: i64) {
        self.displaced = false;
        self.open_at = now;
        self.fetch_at = Some(now);
        for socket in
            self.socket.iter_mut().chain(&mut self.successor).filter(|socket| socket.opened)
        {
            socket.ping_at = now;
        }
    }

    fn fetched(&mut self, now: i64, complete: bool) {
        self.fetching = false;
        // One that was asked for meanwhile is due already and stays so.
        if self.fetch_at.is_none() {
            self.fetch_at = match (complete, self.need.in_progress) {
                (false, _) => Some(now + FETCH_AGAIN_AFTER),
                (true, true) => Some(now + FETCH_EVERY),
                (true, false) => None,
            };
            let answered = self.socket.is_some_and(|socket| socket.answered);
            self.caught_up = answered && (complete || self.caught_up);
        }
    }

    /// Does what is due.
    fn run_due(&mut self, now: i64, random: u32, commands: &mut Vec<Command>) {
        for socket in [self.socket, self.successor].into_iter().flatten() {
            if socket.overdue(now) {
                commands.push(Command::Close(socket.id));
                self.lost(now, random, socket.id);
            }
        }
        for socket in self.socket.iter_mut().chain(&mut self.successor) {
            if socket.opened && socket.ping_at <= now {
                socket.ping_at = now + PING_EVERY;
                socket.pong_by = socket.pong_by.or(Some(now + PONG_WITHIN));
                commands.push(Command::Ping(socket.id));
            }
        }
        if self.socket.is_none() && self.open_at <= now && !self.displaced {
            self.socket = Some(self.new_socket(now, commands));
        }
        let old = self.socket.is_some_and(|socket| socket.answered) && self.replace_at <= now;
        if old && self.successor.is_none() {
            self.successor = Some(self.new_socket(now, commands));
        }
        if !self.fetching && self.fetch_at.is_some_and(|at| at <= now) {
            (self.fetching, self.fetch_at) = (true, None);
            commands.push(Command::Fetch);
        }
    }

    fn close_all(&mut self, commands: &mut Vec<Command>) {
        let sockets = self.socket.take().into_iter().chain(self.successor.take());
        commands.extend(sockets.map(|socket| Command::Close(socket.id)));
        (self.caught_up, self.fetch_at) = (false, None);
    }

    fn new_socket(&mut self, now: i64, commands: &mut Vec<Command>) -> Socket {
        self.sockets_opened += 1;
        commands.push(Command::Open(self.sockets_opened));
        Socket {
            id: self.sockets_opened,
            since: now,
            opened: false,
            answered: false,
            ping_at: i64::MAX,
            pong_by: None,
        }
    }

    fn socket_mut(&mut self, id: u32) -> Option<&mut Socket> {
        self.socket.iter_mut().chain(&mut self.successor).find(|socket| socket.id == id)
    }
}

impl Socket {
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
fn back_off(losses: u32, random: u32) -> i64 {
    let span = (RETRY_FIRST << losses.min(10).saturating_sub(1)).min(RETRY_LONGEST);
    span / 2 + i64::from(random) % (span / 2 + 1)
}

#[cfg(test)]
mod tests;
