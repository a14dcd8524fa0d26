//! The browser as a client of the container's ports: each request is bytes on a loopback connection of the kernel's own.
//!
//! What is said on a connection is `http`'s; here is what carries it: connecting, kept connections, back-pressure both ways, and death.

use porthole_abi::Errno;
use rkyv::{Archive, Deserialize, Serialize};

use super::buffer::Buffer;
use super::endpoint::Endpoint;
use super::socket::{Owner, SocketId};
use crate::event::HttpRequest;
use crate::http::{Exchange, Jar, Piece};
use crate::machine::Machine;
use crate::map::Map;
use crate::{Effect, Millis};

/// The browser may send so much of a request's body before the guest has read any of it.
const UPLOAD_WINDOW: u32 = 256 << 10;
/// So much of an answer is read before the browser asks for it.
const FIRST_CREDIT: i64 = 64 << 10;
/// The most that one read takes from the guest.
const READ: usize = 64 << 10;
/// Connections kept for the next request, of one port. A browser keeps six.
const KEPT: usize = 6;
/// A kept connection is given up this long before the server said that it would.
const IDLE_MARGIN: Millis = 500;

/// All there is about the browser's requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Browser {
    connections: Map<u32, Connection>,
    /// The connection of each request that runs.
    exchanges: Map<u64, u32>,
    /// Cookies by port.
    jars: Map<u16, Jar>,
}

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
struct Connection {
    socket: SocketId,
    port: u16,
    /// `None` while it is kept for the next request.
    running: Option<Running>,
    /// When a kept connection is too old to be used.
    stale_at: Option<Millis>,
}

/// A request on its way.
#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
struct Running {
    id: u64,
    exchange: Exchange,
    /// For the guest, and not yet in its socket.
    outgoing: Buffer,
    /// Body bytes that came from the browser and that it has not been told to replace.
    taken: u32,
    /// How much more of the answer the browser takes.
    credit: i64,
    /// The request as it began, if it may be said again on another connection.
    again: Option<(Exchange, Vec<u8>)>,
}

impl Browser {
    /// Connections, and requests that run.
    pub fn count(&self) -> (usize, usize) {
        (self.connections.len(), self.exchanges.len())
    }
}

impl Machine {
    pub(crate) fn http_request(&mut self, request: &HttpRequest) {
        let mut head = Vec::new();
        let now = self.now();
        let jar = self.state.browser.jars.get_or_insert_with(request.port, Default::default);
        let exchange = match Exchange::new(request, jar, now, &mut head) {
            Ok(exchange) => exchange,
            Err(reason) => return self.emit(Effect::HttpFail { id: request.id, reason }),
        };
        let kept = self.kept_connection(request.port);
        let Some(connection) = kept.or_else(|| self.new_connection(request.port)) else {
            let reason = format!(
                "Nothing listens on port {port}. Start a server there (for example `require('http').createServer(…).listen({port})`), then load this page again.",
                port = request.port
            );
            return self.emit(Effect::HttpFail { id: request.id, reason });
        };
        if request.body {
            self.emit(Effect::HttpWant { id: request.id, bytes: UPLOAD_WINDOW });
        }
        let again = (kept.is_some() && !request.body).then(|| (exchange.clone(), head.clone()));
        let mut outgoing = Buffer::default();
        outgoing.push(&head);
        if let Some(connection) = self.state.browser.connections.get_mut(&connection) {
            connection.running = Some(Running { id: request.id, exchange, outgoing, taken: 0, credit: FIRST_CREDIT, again });
        }
        self.state.browser.exchanges.insert(request.id, connection);
        self.volatile.woken.insert(connection);
    }

    pub(crate) fn http_body(&mut self, id: u64, data: &[u8], last: bool) {
        let Some((number, running)) = self.running(id) else { return };
        let mut framed = Vec::new();
        let result = running.exchange.upload(data, last, &mut framed);
        running.outgoing.push(&framed);
        running.taken = running.taken.saturating_add(data.len() as u32);
        match result {
            Ok(()) => drop(self.volatile.woken.insert(number)),
            Err(reason) => {
                self.drop_connection(number);
                self.emit(Effect::HttpFail { id, reason });
            }
        }
    }

    pub(crate) fn http_pull(&mut self, id: u64, bytes: u32) {
        if let Some((number, running)) = self.running(id) {
            running.credit = running.credit.saturating_add(i64::from(bytes));
            self.volatile.woken.insert(number);
        }
    }

    pub(crate) fn http_abort(&mut self, id: u64) {
        if let Some(number) = self.state.browser.exchanges.get(&id).copied() {
            self.drop_connection(number);
        }
    }

    /// A page of a port assigned to `document.cookie`.
    pub(crate) fn set_cookie(&mut self, port: u16, target: &[u8], line: &[u8]) {
        let now = self.now();
        self.state.browser.jars.get_or_insert_with(port, Default::default).set_by_script(line, target, now);
    }

    /// The browser's side of every request that runs died with the old kernel.
    pub(crate) fn abort_all_requests(&mut self) {
        for number in std::mem::take(&mut self.state.browser.exchanges).into_values() {
            self.drop_connection(number);
        }
    }

    /// Moves bytes on the connections whose sockets changed.
    pub(crate) fn serve_browser(&mut self) {
        while let Some(number) = self.volatile.woken.pop_first() {
            self.send_request(number);
            self.take_answer(number);
        }
    }

    fn running(&mut self, id: u64) -> Option<(u32, &mut Running)> {
        let number = *self.state.browser.exchanges.get(&id)?;
        let running = self.state.browser.connections.get_mut(&number)?.running.as_mut()?;
        Some((number, running))
    }

    /// A kept connection to a port that still works.
    fn kept_connection(&mut self, port: u16) -> Option<u32> {
        let now = self.now();
        let idle: Vec<u32> =
            self.state.browser.connections.iter().filter(|(_, it)| it.port == port && it.running.is_none()).map(|(number, _)| *number).collect();
        // The youngest first: it is the least likely to be closed under us.
        for number in idle.into_iter().rev() {
            let connection = self.state.browser.connections.get(&number)?;
            let works =
                self.state.sockets.get(&connection.socket).is_some_and(|socket| socket.peer.is_some() && !socket.ended && socket.inbox.is_empty());
            if works && connection.stale_at.is_none_or(|at| now < at) {
                return Some(number);
            }
            self.drop_connection(number);
        }
        None
    }

    /// Connects to whoever listens on a port, as a program would to `localhost`.
    fn new_connection(&mut self, port: u16) -> Option<u32> {
        let mut loopback6 = [0; 16];
        loopback6[15] = 1;
        for target in [Endpoint::V4([127, 0, 0, 1], port), Endpoint::V6(loopback6, port)] {
            let Ok(from) = self.state.ports.ephemeral() else { return None };
            let number = self.new_object();
            match self.open_connection(Owner::Browser(number), target.clone().with_port(from), target) {
                Ok(socket) => {
                    self.state.browser.connections.insert(number, Connection { socket, port, running: None, stale_at: None });
                    return Some(number);
                }
                Err(_) => continue,
            }
        }
        None
    }

    /// Closes a connection at once, in the middle of whatever it carried.
    fn drop_connection(&mut self, number: u32) {
        let Some(connection) = self.state.browser.connections.remove(&number) else { return };
        if let Some(running) = &connection.running {
            self.state.browser.exchanges.remove(&running.id);
        }
        self.socket_gone(connection.socket, connection.running.is_some());
    }

    /// Writes what the guest's socket has room for, and asks the browser for as much again.
    fn send_request(&mut self, number: u32) {
        loop {
            let Some(connection) = self.state.browser.connections.get_mut(&number) else { return };
            let socket = connection.socket;
            let Some(running) = connection.running.as_mut() else { return };
            if running.outgoing.is_empty() {
                break;
            }
            let piece = running.outgoing.front(READ);
            match self.socket_write(socket, &piece) {
                Ok(written) => {
                    let Some(running) = self.state.browser.connections.get_mut(&number).and_then(|it| it.running.as_mut()) else { return };
                    running.outgoing.take(written);
                }
                Err(Errno::EAGAIN) => break,
                // The guest reads no more. What it has answered is still to be had: the reading side decides.
                Err(_) => {
                    if let Some(running) = self.state.browser.connections.get_mut(&number).and_then(|it| it.running.as_mut()) {
                        running.outgoing.clear();
                    }
                    break;
                }
            }
        }
        let Some(running) = self.state.browser.connections.get_mut(&number).and_then(|it| it.running.as_mut()) else { return };
        if running.taken > 0 && !running.exchange.uploaded() && running.outgoing.len() < UPLOAD_WINDOW as usize / 2 {
            let (id, bytes) = (running.id, std::mem::take(&mut running.taken));
            self.emit(Effect::HttpWant { id, bytes });
        }
    }

    /// Reads what the browser has room for, and passes it on.
    fn take_answer(&mut self, number: u32) {
        loop {
            let Some(connection) = self.state.browser.connections.get(&number) else { return };
            let (socket, port) = (connection.socket, connection.port);
            let Some(running) = &connection.running else {
                // Kept: whatever a server says now, or its end, makes the connection useless.
                if self.state.sockets.get(&socket).is_none_or(|socket| socket.peer.is_none() || socket.ended || !socket.inbox.is_empty()) {
                    self.drop_connection(number);
                }
                return;
            };
            if running.credit <= 0 {
                return;
            }
            let room = usize::try_from(running.credit).unwrap_or(READ).min(READ);
            let read = self.socket_read(socket, room);
            let now = self.now();
            let browser = &mut self.state.browser;
            let Some(running) = browser.connections.get_mut(&number).and_then(|it| it.running.as_mut()) else { return };
            let mut pieces = Vec::new();
            match read {
                Err(Errno::EAGAIN) => return,
                Ok(bytes) if bytes.is_empty() => running.exchange.closed(true, &mut pieces),
                Ok(bytes) => running.exchange.feed(&bytes, browser.jars.get_or_insert_with(port, Default::default), now, &mut pieces),
                Err(_) => running.exchange.closed(false, &mut pieces),
            }
            if !self.pass_on(number, port, pieces) {
                return;
            }
        }
    }

    /// Gives the browser what an answer came to. Whether the request still runs.
    fn pass_on(&mut self, number: u32, port: u16, pieces: Vec<Piece>) -> bool {
        for piece in pieces {
            let Some(running) = self.state.browser.connections.get_mut(&number).and_then(|it| it.running.as_mut()) else { return false };
            let id = running.id;
            match piece {
                Piece::Head(head) => {
                    self.emit(Effect::HttpHead { id, status: head.status, reason: head.reason, headers: head.headers, body: head.body });
                }
                Piece::Body(data) => {
                    running.credit -= data.len() as i64;
                    self.emit(Effect::HttpBody { id, data });
                }
                Piece::End => {
                    self.keep(number);
                    self.emit(Effect::HttpEnd { id });
                    return false;
                }
                Piece::Fail(reason) => {
                    if running.exchange.may_resend()
                        && let Some(again) = running.again.take()
                        && self.resend(number, port, id, again)
                    {
                        return false;
                    }
                    self.drop_connection(number);
                    self.emit(Effect::HttpFail { id, reason: format!("Port {port}: {reason}.") });
                    return false;
                }
            }
        }
        true
    }

    /// Says a request again on a new connection, since the server closed the kept one before it had read it.
    fn resend(&mut self, old: u32, port: u16, id: u64, (exchange, head): (Exchange, Vec<u8>)) -> bool {
        let Some(number) = self.new_connection(port) else { return false };
        let credit = self.state.browser.connections.get(&old).and_then(|it| it.running.as_ref()).map_or(FIRST_CREDIT, |running| running.credit);
        self.drop_connection(old);
        let mut outgoing = Buffer::default();
        outgoing.push(&head);
        if let Some(connection) = self.state.browser.connections.get_mut(&number) {
            connection.running = Some(Running { id, exchange, outgoing, taken: 0, credit, again: None });
        }
        self.state.browser.exchanges.insert(id, number);
        self.volatile.woken.insert(number);
        true
    }

    /// A request is answered: its connection is kept for the next one, or closed.
    fn keep(&mut self, number: u32) {
        let now = self.now();
        let Some(connection) = self.state.browser.connections.get_mut(&number) else { return };
        let Some(running) = connection.running.take() else { return };
        let port = connection.port;
        self.state.browser.exchanges.remove(&running.id);
        let kept = self.state.browser.connections.values().filter(|it| it.port == port && it.running.is_none()).count();
        match running.exchange.reuse() {
            Some(reuse) if running.outgoing.is_empty() && kept <= KEPT => {
                if let Some(connection) = self.state.browser.connections.get_mut(&number) {
                    connection.stale_at = reuse.idle.map(|idle| now.saturating_add(idle.saturating_sub(IDLE_MARGIN)));
                }
                // Its end may have come with the answer.
                self.volatile.woken.insert(number);
            }
            _ => self.drop_connection(number),
        }
    }
}
