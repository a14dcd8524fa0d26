// Answers the fetches that belong to previews.

export type { Exchange, Kernel, Machine } from "./kernel.ts";
