// Names in zip archives that are not UTF-8 are in the letters of the first PCs.

const HIGH =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

/** Code page 437 as text. */
export const cp437 = (from: Uint8Array): string => Array.from(from, (byte) => (byte < 128 ? String.fromCharCode(byte) : (HIGH[byte - 128] ?? "?"))).join("");
