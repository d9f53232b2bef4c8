// This folder runs on a device as it does here: in a browser or in Node.js, with nothing but the Web Cryptography API.

const encoder = new TextEncoder();

/** Bytes over a buffer that nobody shares, as the Web Cryptography API takes them. */
export type Bytes = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Bytes => encoder.encode(text);

export const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** @throws Error when it is no base64url */
export const fromBase64url = (text: string): Bytes =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));

/** SHA-256 in hexadecimal. */
export const sha256 = async (text: string): Promise<string> => hex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))));

/** Whether two texts are equal, in a time that does not tell where they differ. */
export function equalTexts(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let different = 0;
  for (let i = 0; i < one.length; i += 1) different |= one.charCodeAt(i) ^ other.charCodeAt(i);
  return different === 0;
}
