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

/** What fits into a message that stands alone, and into one of several, which each carry a header. */
const room = { 'GSM-7': { alone: 160, joined: 153 }, 'UCS-2': { alone: 70, joined: 67 } } as const;

/** Counts the messages that a text takes (GSM 03.38, 3GPP TS 23.040). */
export function segmentsOf(text: string): Segments {
  const letters = [...text];
  const encoding = letters.every((letter) => basic.has(letter) || extension.has(letter)) ? 'GSM-7' : 'UCS-2';
  const units = letters.map((letter) => (encoding === 'UCS-2' ? letter.length : extension.has(letter) ? 2 : 1));
  const { alone, joined } = room[encoding];
  if (units.reduce((sum, unit) => sum + unit, 0) <= alone) return { encoding, segments: 1 };
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
  return { encoding, segments };
}
