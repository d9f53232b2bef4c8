export { readTable } from './read-table.ts';
export type { Table, TableFormat } from './table.ts';
export { fileTypeOf, writeTable } from './write-table.ts';
export type { SheetOptions } from './xlsx-write.ts';
