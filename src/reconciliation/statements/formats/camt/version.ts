import { unreadable } from '../types.ts';

/** What is read, for whoever sends another version. */
export const versionsRead = 'camt.053 and camt.054 are read in the versions 001.02 to 001.08';

const namespace = /^urn:(?:iso:std:iso:20022:tech:xsd:|swift:xsd:)\$?([a-z]{4}\.\d{3})\.001\.(\d{2})$/;

/** The messages whose namespaces are declared by an element. */
const declared = (attributes: Readonly<Record<string, string>>): { message: string; version: number }[] =>
  Object.entries(attributes).flatMap(([name, value]) => {
    const parts = /^xmlns(?::|$)/.test(name) ? namespace.exec(value.trim()) : null;
    return parts ? [{ message: parts[1] ?? '', version: Number(parts[2]) }] : [];
  });

/**
 * Which message a document says it is, by its namespace (`urn:iso:std:iso:20022:tech:xsd:camt.053.001.08`), which an envelope may declare for it.
 * @param around attributes of the elements that it stands in
 * @throws unprocessable naming what is read, when it is another message, another version, or says nothing
 */
export function messageOf(
  attributes: Readonly<Record<string, string>>,
  around: Readonly<Record<string, string>>,
  line: number,
): 'camt.053' | 'camt.054' {
  const said = declared(attributes)[0] ?? declared(around).find(({ message }) => message.startsWith('camt.'));
  if (!said) throw unreadable(`The document does not say which message it is: ${versionsRead}.`, line, 'Document');
  const { message, version } = said;
  if (message === 'camt.052')
    throw unreadable(`This is a report within the day (camt.052), which may still change: ${versionsRead}.`, line, 'Document');
  if ((message !== 'camt.053' && message !== 'camt.054') || version < 2 || version > 8)
    throw unreadable(`This is a message of another kind or version: ${versionsRead}.`, line, 'Document');
  return message;
}
