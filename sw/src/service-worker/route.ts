// Where addresses lead, by the kernel's table.

import { route as find } from "porthole:host";
import type { Route } from "../fetch/index.ts";
import { kernel } from "./kernel.ts";

/** `address` is a path below the scope, without query. Rejects when the kernel does not start. */
export async function route(address: string): Promise<Route> {
  await kernel();
  try {
    const found = find(address);
    const { container, port, path } = found;
    found.free();
    return { place: { container, port }, path };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
