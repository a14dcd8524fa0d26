// The public client as an ES module. It looks for sw.js and its companions beside itself.

import { setBase } from "./client/base.ts";

setBase(import.meta.url);

export * from "./client/index.ts";
