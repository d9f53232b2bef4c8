import { noteColumn, openNote, openPerson, sealNote } from '../beneficiaries/index.ts';
import type { CommandContext, KeyRing, RoomColumns } from '../platform/index.ts';
import type { AssessablePerson, AssessmentRow } from './assessment-store.ts';
import { factsOf, sealedFieldsOf } from './facts.ts';
import { evaluate, findingsOf } from './rules.ts';
import type { Assessment, Finding, Scorecard, Standing } from './types.ts';

/** Where the findings of an assessment are sealed to. */
const findingsPlace = (scorecardId: string, number: number | string): string => `assessments/${scorecardId}/${number}`;

/** This room's columns of bytes. */
export const eligibilityColumns: RoomColumns = {
  sealed: [noteColumn('assessments', 'findings', ['scorecard_id', 'number'], (row) => findingsPlace(row.scorecard_id, row.number))],
};

/** Opens what each rule came to for somebody. */
export const openFindings = (
  keyRing: KeyRing,
  scorecardId: string,
  beneficiaryId: string,
  dataKey: Buffer,
  { number, findings }: { readonly number: number; readonly findings: Buffer },
): Finding[] => openNote(keyRing, beneficiaryId, dataKey, findingsPlace(scorecardId, number), findings) as Finding[];

export interface Found extends Assessment {
  readonly findings: Finding[];
}

/**
 * Makes what assesses people under one scorecard: it opens what the scorecard asks of a person and nothing else.
 * @param day ISO 8601: everybody's age is of this day
 */
export function assessorOf({ definition }: Scorecard, keyRing: KeyRing, day: string): (person: AssessablePerson) => Found {
  const wanted = sealedFieldsOf(definition);
  return (person) => {
    const opened = wanted.length > 0 ? openPerson(keyRing, person.id, person, wanted) : null;
    const findings = findingsOf(definition, factsOf(person, opened ?? {}, day));
    return { ...evaluate(definition, findings), findings };
  };
}

/** What was found of somebody, and the row to keep when that is something else than before. */
export function assessmentOf(
  { keyRing, now }: Pick<CommandContext, 'keyRing' | 'now'>,
  scorecard: Scorecard,
  runNumber: number | null,
  person: AssessablePerson,
  { findings, outcome, score, tier }: Found,
): { from: Standing | null; to: Standing; row: AssessmentRow | undefined } {
  const { id, data_key, before, findingsBefore } = person;
  const move = { from: before, to: { outcome, tier } };
  if (before && findingsBefore) {
    const earlier = openFindings(keyRing, scorecard.id, id, data_key, { number: before.number, findings: findingsBefore });
    // Under one scorecard the same findings come to the same assessment.
    if (JSON.stringify(earlier) === JSON.stringify(findings)) return { ...move, row: undefined };
  }
  const number = (before?.number ?? 0) + 1;
  return {
    ...move,
    row: {
      scorecard_id: scorecard.id,
      beneficiary_id: id,
      number,
      run_number: runNumber,
      outcome,
      score,
      tier,
      findings: sealNote(keyRing, id, data_key, findingsPlace(scorecard.id, number), findings),
      assessed_at: now,
    },
  };
}
