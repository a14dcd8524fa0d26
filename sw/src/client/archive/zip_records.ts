// The records of zip archives, by their names in PKWARE's APPNOTE 6.3.10.

export const LOCAL = 0x04034b50;
export const CENTRAL = 0x02014b50;
export const DESCRIPTOR = 0x08074b50;
export const END = 0x06054b50;
export const END64 = 0x06064b50;
export const LOCATOR64 = 0x07064b50;

export const LOCAL_BYTES = 30;
export const CENTRAL_BYTES = 46;
export const END_BYTES = 22;
export const END64_BYTES = 56;
export const LOCATOR64_BYTES = 20;

/** Flags. */
export const ENCRYPTED = 1;
export const DESCRIBED = 8;
export const UTF8 = 0x800;

export const METHOD_STORED = 0;
export const METHOD_DEFLATED = 8;

/** Systems that an archive can be made by: those that matter here. */
export const BY_DOS = 0;
export const BY_UNIX = 3;
export const BY_MACOS = 19;

/** Extra fields. */
export const EXTRA_ZIP64 = 0x0001;
export const EXTRA_TIMES = 0x5455;
export const EXTRA_UNICODE_PATH = 0x7075;

/** In place of a number that is in a field for zip64. */
export const MAX16 = 0xffff;
export const MAX32 = 0xffffffff;
