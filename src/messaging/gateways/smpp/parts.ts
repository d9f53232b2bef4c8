import smpp from 'smpp';

/** One message of those that a text travels as. */
export interface Part {
  readonly bytes: Buffer;
  /** Whether it begins with a header that joins it to the others. */
  readonly isJoined: boolean;
}

/** A text as it travels: 0 is the centre's default alphabet (GSM 03.38), 8 is UCS-2. */
export interface Parts {
  readonly dataCoding: 0 | 8;
  readonly parts: readonly Part[];
}

const { ASCII, UCS2 } = smpp.encodings;
/** Octets of one message: without a header, and beside one of six octets. A letter of GSM 03.38 is sent as an octet. */
const room = { 0: { alone: 160, joined: 153 }, 8: { alone: 140, joined: 134 } } as const;

/**
 * Cuts a text into messages (3GPP TS 23.040, 9.2.3.24.1). No letter is cut in two.
 * @param joins 0 to 255: says which parts belong together, the same for the same message
 */
export function partsOf(text: string, joins: number): Parts {
  const dataCoding = ASCII.match(text) ? 0 : 8;
  const letters = [...text].map((letter) => (dataCoding === 0 ? ASCII : UCS2).encode(letter));
  const whole = Buffer.concat(letters);
  const { alone, joined } = room[dataCoding];
  if (whole.length <= alone) return { dataCoding, parts: [{ bytes: whole, isJoined: false }] };
  const cut: Buffer[][] = [[]];
  let used = 0;
  for (const letter of letters) {
    if (used + letter.length > joined) {
      cut.push([]);
      used = 0;
    }
    cut.at(-1)?.push(letter);
    used += letter.length;
  }
  const parts = cut.map((some, i) => ({
    bytes: Buffer.concat([Buffer.from([5, 0, 3, joins, cut.length, i + 1]), ...some]),
    isJoined: true,
  }));
  return { dataCoding, parts };
}

/** A text as one piece, for centres that cut it themselves. */
export const wholeOf = (text: string): { dataCoding: 0 | 8; bytes: Buffer } =>
  ASCII.match(text) ? { dataCoding: 0, bytes: ASCII.encode(text) } : { dataCoding: 8, bytes: UCS2.encode(text) };
