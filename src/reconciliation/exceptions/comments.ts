import type { KeyRing, RoomColumns, UnderMaster } from '../../platform/index.ts';

const contents = {
  table: 'exception_comments',
  column: 'content',
  key: 'id',
  bound: ['id', 'exception_id'],
  place: ({ id, exception_id }) => `exception/${exception_id}/comment/${id}`,
  purpose: 'exception-comment',
} as const satisfies UnderMaster;

/** This room's columns of bytes. */
export const exceptionColumns: RoomColumns = { sealed: [contents] };

/** How a comment is kept: sealed, and good in its own row alone. It may name somebody. */
export const sealComment = (keyRing: KeyRing, exceptionId: string, id: string, text: string): Buffer =>
  keyRing.seal(contents.purpose, contents.place({ id, exception_id: exceptionId }), text);

export const openComment = (keyRing: KeyRing, exceptionId: string, id: string, sealed: Buffer): string =>
  keyRing.open(contents.purpose, contents.place({ id, exception_id: exceptionId }), sealed);
