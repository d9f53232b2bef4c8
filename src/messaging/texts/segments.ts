/** The default alphabet of GSM 03.38, a letter for each septet. */
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Its extension: an escape and a letter, two septets that stay together. */
const extension = new Set('\f^{}\\[~]|€');

/** How a text travels, and how many messages are paid for. */
export interface Segments {
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly segments: number;
}

/** The same, and what somebody who writes the text needs to know. */
export interface Measured extends Segments {
  /** How many more letters fit into the last segment. One of two units takes the room of two. */
  readonly charactersLeft: number;
  /** The letters that GSM 03.38 has not, each once: they make the whole text travel as UCS-2. */
  readonly outsideGsm7: string[];
}

/** What fits into a message that stands alone, and into one of several, which each carry a header. */
const room = { 'GSM-7': { alone: 160, joined: 153 }, 'UCS-2': { alone: 70, joined: 67 } } as const;

const isGsm7 = (letter: string): boolean => basic.has(letter) || extension.has(letter);

/** Counts the messages that a text takes, and what room is left (GSM 03.38, 3GPP TS 23.040). */
export function measure(text: string): Measured {
  const letters = [...text];
  const outsideGsm7 = [...new Set(letters.filter((letter) => !isGsm7(letter)))];
  const encoding = outsideGsm7.length === 0 ? 'GSM-7' : 'UCS-2';
  const units = letters.map((letter) => (encoding === 'UCS-2' ? letter.length : extension.has(letter) ? 2 : 1));
  const { alone, joined } = room[encoding];
  const all = units.reduce((sum, unit) => sum + unit, 0);
  if (all <= alone) return { encoding, segments: 1, charactersLeft: alone - all, outsideGsm7 };
  let segments = 1;
  let used = 0;
  for (const unit of units) {
    // A letter of two units is never split between messages.
    if (used + unit > joined) {
      segments += 1;
      used = 0;
    }
    used += unit;
  }
  return { encoding, segments, charactersLeft: joined - used, outsideGsm7 };
}

/** How a text travels and what is paid for it. */
export function segmentsOf(text: string): Segments {
  const { encoding, segments } = measure(text);
  return { encoding, segments };
}
