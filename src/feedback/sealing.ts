import {
  type KeyRing,
  newDataKey,
  openWith,
  type RoomColumns,
  sealWith,
  type UnderDataKey,
  type UnderMaster,
  unwrapDataKey,
  wrapDataKey,
} from '../platform/index.ts';
import type { Content } from './types.ts';

/** Where the key of a case is kept, wrapped. Without it nothing that was told, noted or answered opens. */
const caseKeys = {
  table: 'feedback_cases',
  column: 'data_key',
  key: 'id',
  bound: ['id'],
  place: ({ id }) => `feedback-case/${id}/data_key`,
  purpose: 'feedback-key',
  isDataKey: true,
} as const satisfies UnderMaster;

const contentPlace = (id: string): string => `feedback-case/${id}/content`;
const replyPlace = (id: string): string => `feedback-case/${id}/reply`;
const stepPlace = (caseId: string, number: string): string => `feedback-case/${caseId}/step/${number}`;
const notePlace = (caseId: string, noteId: string): string => `feedback-case/${caseId}/note/${noteId}`;

const ofCase = (column: 'content' | 'reply', place: (id: string) => string): UnderDataKey => ({
  table: 'feedback_cases',
  column,
  bound: ['id'],
  place: ({ id = '' }) => place(id),
  dataKey: caseKeys,
  holder: 'id',
});

const notes: UnderDataKey = {
  table: 'feedback_notes',
  column: 'note',
  bound: ['case_id', 'id'],
  place: ({ case_id = '', id = '' }) => notePlace(case_id, id),
  dataKey: caseKeys,
  holder: 'case_id',
};

const reasons: UnderDataKey = {
  table: 'feedback_steps',
  column: 'reason',
  bound: ['case_id', 'number'],
  place: ({ case_id = '', number = '' }) => stepPlace(case_id, number),
  dataKey: caseKeys,
  holder: 'case_id',
};

/** This room's columns of bytes. */
export const feedbackColumns: RoomColumns = {
  sealed: [caseKeys, ofCase('content', contentPlace), ofCase('reply', replyPlace), notes, reasons],
  unsealed: {
    'feedback_cases.message_index': "keyed digest of a gateway's identifier of a message, by which it is known when it comes again",
    'feedback_tellings.reply_digest': 'digest of a sealed answer, by which that answer alone is sent',
  },
};

/** What seals and opens the words of one case. */
export interface CaseSeal {
  sealReply(reply: string): Buffer;
  openContent(sealed: Buffer): Content;
  openReply(sealed: Buffer): string;
  sealNote(noteId: string, note: string): Buffer;
  openNote(noteId: string, sealed: Buffer): string;
  /** @param number of the step */
  sealReason(number: number, reason: string): Buffer;
  openReason(number: number, sealed: Buffer): string;
}

/** @param wrapped the key as the row of the case holds it */
export function sealOf(keyRing: KeyRing, id: string, wrapped: Buffer): CaseSeal {
  const key = unwrapDataKey(keyRing, caseKeys.purpose, caseKeys.place({ id }), wrapped);
  return {
    sealReply: (reply) => sealWith(key, replyPlace(id), reply),
    openContent: (sealed) => JSON.parse(openWith(key, contentPlace(id), sealed)) as Content,
    openReply: (sealed) => openWith(key, replyPlace(id), sealed),
    sealNote: (noteId, note) => sealWith(key, notePlace(id, noteId), note),
    openNote: (noteId, sealed) => openWith(key, notePlace(id, noteId), sealed),
    sealReason: (number, reason) => sealWith(key, stepPlace(id, String(number)), reason),
    openReason: (number, sealed) => openWith(key, stepPlace(id, String(number)), sealed),
  };
}

/** Seals what was told under a new key of the case's own. */
export function sealContent(keyRing: KeyRing, id: string, content: Content): { dataKey: Buffer; content: Buffer } {
  const key = newDataKey();
  return {
    dataKey: wrapDataKey(keyRing, caseKeys.purpose, caseKeys.place({ id }), key),
    content: sealWith(key, contentPlace(id), JSON.stringify(content)),
  };
}

/** What seals why a step was taken: nothing where nobody said, or nothing is left of the case's key. */
export function reasonFor(
  keyRing: KeyRing,
  id: string,
  wrapped: Buffer | null,
  reason: string | undefined,
): ((number: number) => Buffer) | undefined {
  if (!wrapped || reason === undefined) return undefined;
  return (number) => sealOf(keyRing, id, wrapped).sealReason(number, reason);
}
