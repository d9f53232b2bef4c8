import type { PermissionName } from '../access/index.ts';
import type { components } from '../contract/api.ts';
import type { Actor, Db, KeyRing } from '../platform/index.ts';

export type ExportDefinition = components['schemas']['ExportDefinition'];
export type NewExportDefinition = components['schemas']['NewExportDefinition'];
export type ExportSchedule = components['schemas']['ExportSchedule'];
export type ExportRun = components['schemas']['ExportRun'];
export type Period = ExportDefinition['period'];

/** Days in the programme's time zone (ISO 8601), both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** What is asked of a dataset, and in whose name. */
export interface Asked extends Days {
  readonly actor: Actor;
  readonly programmeId: string;
  /** Is told who is about to be shown, and is waited for before a row of theirs leaves. */
  reading(beneficiaryIds: readonly string[]): Promise<void>;
}

/** Something that can be exported on a schedule, as rows that are read as fast as they are taken. */
export interface Dataset {
  readonly name: ExportDefinition['dataset'];
  /** What whoever gets it needs in the programme. */
  readonly permission: PermissionName;
  /** Whether it shows people. */
  readonly isPersonal: boolean;
  /** The rows, the header first. */
  rows(sources: { readonly db: Db; readonly keyRing: KeyRing }, asked: Asked): AsyncIterable<readonly string[]>;
}

/** What can be exported. */
export type Datasets = readonly Dataset[];
