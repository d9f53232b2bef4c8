export { beginningOf } from './beginning.ts';
export { Digesting } from './digesting.ts';
export { encodingOf } from './encoding.ts';
export { readRecords, readTable } from './read-table.ts';
export { type SheetBeside, sheetsBeside } from './sheets-beside.ts';
export type { NumberedRow, OtherSheet, Table, TableFormat } from './table.ts';
export { fileTypeOf, writeTable } from './write-table.ts';
export type { SheetOptions } from './xlsx-write.ts';
