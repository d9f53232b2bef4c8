import { createHash } from 'node:crypto';
import type { Pdu } from 'smpp';
import { asReference, type InboundMessage } from '../gateway.ts';

const KIND = 0x3c;
const UDH = 0x40;
const BY_OCTET = 0x00;
const BY_TWO_OCTETS = 0x08;
/** How long the other parts of a text are waited for, while the centre waits for an answer to the first. */
const TOGETHER_MS = 1_500;

/** A text of somebody, or a part of one. */
interface Piece {
  readonly from: string;
  readonly to: string | undefined;
  readonly text: string;
  /** The centre's own name for it, where it gives one. */
  readonly name: string | undefined;
  /** Which part it is of how many, and what they have in common. */
  readonly part: { readonly joins: string; readonly number: number; readonly of: number } | undefined;
}

const textOf = (message: Pdu['short_message']): string =>
  message === undefined ? '' : (Buffer.isBuffer(message) ? message : message.message).toString();

/** How parts are joined (3GPP TS 23.040, 9.2.3.24; SMPP 3.4, 5.3.2.22). */
function partOf({ short_message, message_payload, sar_msg_ref_num, sar_segment_seqnum, sar_total_segments }: Pdu): Piece['part'] {
  const part = (joins: number, of: number, number: number): Piece['part'] =>
    of > 1 && number >= 1 && number <= of ? { joins: String(joins), of, number } : undefined;
  if (sar_msg_ref_num !== undefined) return part(sar_msg_ref_num, sar_total_segments ?? 0, sar_segment_seqnum ?? 0);
  const body = [short_message, message_payload].find((one) => one && !Buffer.isBuffer(one) && 'udh' in one && one.udh);
  const headers = body && !Buffer.isBuffer(body) && 'udh' in body ? (body.udh ?? []) : [];
  for (const [kind, , ...octets] of headers) {
    if (kind === BY_OCTET) return part(octets[0] ?? 0, octets[1] ?? 0, octets[2] ?? 0);
    if (kind === BY_TWO_OCTETS) return part((octets[0] ?? 0) * 256 + (octets[1] ?? 0), octets[2] ?? 0, octets[3] ?? 0);
  }
  return undefined;
}

/** A number as it is written elsewhere: centres leave the plus out of an international one. */
const numberOf = (address: string | undefined, ton: number | undefined): string | undefined =>
  address && ton === 1 && /^\d+$/.test(address) ? `+${address}` : address || undefined;

/** What somebody sent; undefined of receipts and of whatever else a centre tells, and where nothing is said or by nobody. */
export function pieceIn(pdu: Pdu): Piece | undefined {
  const { esm_class = 0, short_message, message_payload, source_addr, source_addr_ton, destination_addr, dest_addr_ton } = pdu;
  if ((esm_class & KIND & ~UDH) !== 0) return undefined;
  const from = numberOf(source_addr, source_addr_ton);
  const text = textOf(short_message) || textOf(message_payload);
  if (!from || text.trim() === '') return undefined;
  return { from, to: numberOf(destination_addr, dest_addr_ton), text, name: asReference(pdu.receipted_message_id), part: partOf(pdu) };
}

/**
 * A message under a name of its own. Where the centre gives none it is a digest of what was said, by whom and on which day: a centre that got no answer
 * says the same again, and gets the same name.
 */
function messageOf(pieces: readonly Piece[], now: Date): InboundMessage[] {
  const [first] = pieces;
  if (!first) return [];
  const { from, to, name, part } = first;
  const text = pieces.map((piece) => piece.text).join('');
  const said = JSON.stringify([
    from,
    to ?? '',
    text,
    pieces.map((piece) => piece.part?.number ?? 0),
    part?.joins ?? '',
    now.toISOString().slice(0, 10),
  ]);
  return [{ id: name ?? createHash('sha256').update(said).digest('hex'), from, to, text }];
}

/**
 * Joins the parts of long texts and hands messages on. Each part is answered when what it belongs to is kept, so that a process which ends meanwhile
 * loses nothing: the centre says it again. Parts that come one by one, because a centre waits for each answer, or of which some never come, are handed
 * on as they are.
 * @param keep keeps a message; false where nobody has said whose it is
 */
export function joinsMessages(
  keep: (messages: readonly InboundMessage[]) => Promise<boolean>,
  now: () => Date,
): (piece: Piece) => Promise<boolean> {
  const waiting = new Map<string, { readonly pieces: Map<number, Piece>; readonly kept: Promise<boolean>; readonly end: () => void }>();
  return ({ part, ...piece }) => {
    if (!part) return keep(messageOf([{ part, ...piece }], now()));
    const key = JSON.stringify([piece.from, piece.to ?? '', part.joins, part.of]);
    let known = waiting.get(key);
    if (!known) {
      const pieces = new Map<number, Piece>();
      let end = () => {};
      const over = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, TOGETHER_MS);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      const kept = over.then(() => {
        waiting.delete(key);
        return keep(
          messageOf(
            [...pieces].sort(([a], [b]) => a - b).map(([, one]) => one),
            now(),
          ),
        );
      });
      known = { pieces, kept, end };
      waiting.set(key, known);
    }
    known.pieces.set(part.number, { part, ...piece });
    if (known.pieces.size === part.of) known.end();
    return known.kept;
  };
}
