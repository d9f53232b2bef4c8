import { v7 } from 'uuid';

/** A new identifier: UUID version 7 (RFC 9562), which sorts by the time it was made. */
export const newId = (): string => v7();

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Whether a text is an identifier as it is written here, in small letters. PostgreSQL would take capitals for the same one, but seals and keyed
 * digests, which are bound to the text, would not.
 */
export const isId = (text: string): boolean => uuid.test(text);
