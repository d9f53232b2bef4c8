import { Problem, type ShownPlace, shownPlaces } from '../../src/platform/index.ts';
import { openStatement } from '../../src/reconciliation/statements/formats/open.ts';
import type { TableMapping } from '../../src/reconciliation/statements/formats/table/mapping.ts';
import type { Part, ReadLine, StatementFormat, StatementSource } from '../../src/reconciliation/statements/formats/types.ts';

/** Everything that is read of a file. */
export interface Read {
  readonly format: StatementFormat | null;
  readonly lines: (Omit<ReadLine, 'amount'> & { readonly amount: string })[];
  readonly faults: ShownPlace[];
  readonly remarks: ShownPlace[];
  readonly parts: Part[];
}

/** Reads a whole file. @param step in pieces of so many bytes */
export async function readStatement(
  content: string | Buffer,
  { mapping = {}, source = 'post', step = 64 * 1024 }: { mapping?: TableMapping; source?: StatementSource; step?: number } = {},
): Promise<Read> {
  const read: Read & { format: StatementFormat | null } = { format: null, lines: [], faults: [], remarks: [], parts: [] };
  const told = (format: StatementFormat): void => {
    read.format = format;
  };
  try {
    for await (const pieces of openStatement(inSteps(Buffer.from(content), step), { mapping, source, told })) {
      for (const piece of pieces) {
        if ('line' in piece) read.lines.push({ ...piece.line, amount: `${piece.line.amount} ${piece.line.amount.currency}` });
        else if ('fault' in piece) read.faults.push(piece.fault);
        else if ('remark' in piece) read.remarks.push(piece.remark);
        else if ('part' in piece) read.parts.push(piece.part);
      }
    }
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 422) throw error;
    read.faults.push(...(error.places.length > 0 ? shownPlaces(error.places) : [{ detail: error.message }]));
  }
  return read;
}

async function* inSteps(content: Buffer, step: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < content.length; from += step) yield content.subarray(from, from + step);
}
