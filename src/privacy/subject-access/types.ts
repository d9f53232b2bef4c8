import type { Language } from '../../beneficiaries/index.ts';

export type Cell = string | number | boolean | null;

/** One thing that is held of a person, field by field. */
export type Item = Readonly<Record<string, Cell>>;

/** Things of one kind. */
export interface Section {
  readonly name: string;
  readonly items: Item[];
}

/** Everything that is held of one person. */
export interface SubjectFile {
  readonly programmeId: string;
  readonly registrationNumber: string;
  readonly preparedAt: string;
  readonly language: Language;
  readonly sections: Section[];
}
