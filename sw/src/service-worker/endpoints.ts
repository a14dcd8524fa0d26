// The kernel's own addresses, `<scope>~k/…`: heartbeat, hello, stats, and the calls of processes that wait by request.

import { manifest } from "porthole:manifest";
import { REQUEST_HEADER } from "../generated/abi.ts";
import { seqOf, split } from "../frames.ts";
import { ENDPOINTS } from "../messages.ts";
import { stats } from "./attach.ts";
import { isHost } from "./clients.ts";
import { type Containers, PATIENCE_MS } from "./containers.ts";
import { epoch } from "./epoch.ts";
import { kernel } from "./kernel.ts";

declare const self: ServiceWorkerGlobalScope;

/** Answers a request below `~k/`. */
export async function endpoint(containers: Containers, event: FetchEvent): Promise<Response> {
  const path = new URL(event.request.url).pathname.slice(new URL(ENDPOINTS, self.registration.scope).pathname.length);
  const [name, ...rest] = path.split("/");
  // The process's own secret is the right to call as that process.
  if (name === "call" || name === "poll") return call(containers, event.request, rest);
  if (!(await isHost(event.clientId))) return refuse(403, "only the page that embeds the containers may ask this");
  switch (name) {
    case "heartbeat":
      return new Response(epoch, { headers });
    case "hello":
      await kernel();
      return Response.json({ epoch, build: manifest.build, abi: manifest.abi, containers: [...containers.all()].map((container) => container.name) }, { headers });
    case "stats":
      return Response.json(await stats(containers), { headers });
    default:
      return refuse(404, `the kernel has no endpoint ${JSON.stringify(name)}`);
  }
}

/** `<container>/<pid>/<token>`, frames as the body; the replies' frames are the answer. Status 410: the process is not wanted any more; 503: ask again. */
async function call(containers: Containers, request: Request, [name = "", pid = "", token = ""]: string[]): Promise<Response> {
  if (request.method !== "POST") return refuse(405, "a call is a POST");
  const message = new Uint8Array(await request.arrayBuffer());
  const frames = split(message);
  const last = frames.at(-1);
  const container = await containers.find(decodeURIComponent(name), PATIENCE_MS);
  if (container === undefined) return refuse(503, `no tab has brought container ${name}`);
  const process = container.processes.get(Number(pid));
  if (process === undefined || process.token !== token || token === "") return refuse(410, "no such process");
  if (last === undefined || frames.some((frame) => frame.length < REQUEST_HEADER)) return refuse(400, "the body is no frame");
  const reply = process.wait(seqOf(last));
  container.message(Number(pid), message, frames.length);
  const answer = await reply;
  return answer === undefined ? refuse(410, "the process has ended") : new Response(answer, { headers });
}

const headers = { "cache-control": "no-store", "content-type": "application/octet-stream" };

const refuse = (status: number, why: string): Response => new Response(`${why}\n`, { status, headers: { "cache-control": "no-store", "content-type": "text/plain" } });
