// Chromium's debugging protocol: one socket, with a session for each page and worker that is of interest.
import WebSocket from 'ws';
import { debuggingPort } from './browser.mjs';

/** What can be asked at the browser's own address: the list of pages and workers, and the addresses of sockets. */
export async function ask(profile, question) {
  const port = await debuggingPort(profile);
  return (await fetch(`http://127.0.0.1:${port}/json/${question}`)).json();
}

/**
 * Opens the socket at `address`. Resolves to `{ send, on, close }`: `send(method, params, session)` resolves to the answer's result, `on(method, listener)` hears of
 * events as `listener(params, session)`.
 */
export async function connect(address) {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const waiting = new Map();
  const listeners = new Map();
  let last = 0;
  socket.on('message', (data) => {
    const { id, error, result, method, params, sessionId } = JSON.parse(data);
    if (id === undefined) return listeners.get(method)?.(params, sessionId);
    waiting.get(id)?.(error, result);
    waiting.delete(id);
  });
  socket.on('close', () => {
    for (const settle of waiting.values()) settle({ message: 'the browser closed the connection' });
    waiting.clear();
  });
  const send = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, (error, result) => (error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result)));
      socket.send(JSON.stringify({ id: last, method, params, sessionId }));
    });
  return { send, on: (method, listener) => void listeners.set(method, listener), close: () => socket.close() };
}
