import type { Attestation, Language, OwnChange, OwnRecord } from '../../beneficiaries/index.ts';
import { everyAssessmentOf } from '../../eligibility/index.ts';
import { ownCases } from '../../feedback/index.ts';
import type { Db, KeyRing } from '../../platform/index.ts';
import type { Cell, Item, Section } from './types.ts';

const identityOf = ({ row, personal }: OwnRecord): Item => ({
  registrationNumber: row.registrationNumber,
  givenName: personal?.names.given ?? null,
  middleName: personal?.names.middle ?? null,
  familyName: personal?.names.family ?? null,
  sex: row.sex,
  birthFrom: personal?.birth.from ?? null,
  birthTo: personal?.birth.to ?? null,
  birthPrecision: personal?.birth.precision ?? null,
  nationality: personal?.nationality ?? null,
  relationship: row.relationship,
  wilayaNumber: row.wilayaNumber,
  commune: row.commune,
  language: row.language,
  state: row.state,
  isMerged: row.mergedInto !== null,
  needsVerification: row.needsVerification,
  erasedAt: row.erasedAt?.toISOString() ?? null,
});

/** Who vouched for somebody, or heard them consent, is another person: that there was one is said, and no more. */
const attestationsOf = ({ personal }: OwnRecord): Item[] => (personal?.attestation ? [{ reason: personal.attestation.reason }] : []);

const answersOf = ({ personal }: OwnRecord): Item[] =>
  Object.entries(personal?.answers ?? {}).flatMap(([question, answer]) =>
    typeof answer === 'object' && answer !== null
      ? Object.entries(answer).map(([part, said]) => ({ question: part, answer: said as Cell }))
      : [{ question, answer: answer as Cell }],
  );

const consentsOf = ({ consents }: OwnRecord): Item[] =>
  consents.map(({ purpose, legalBasis, method, givenOn, evidence, recordedAt, withdrawnAt }) => ({
    purpose,
    legalBasis,
    method,
    givenOn,
    evidence: evidence?.reference ?? null,
    wasWitnessed: evidence?.witness !== undefined,
    recordedAt,
    withdrawnAt,
  }));

const textOf = (field: string, value: unknown): Cell => {
  if (value === null || value === undefined) return null;
  if (field === 'attestation') return (value as Attestation).reason;
  if (typeof value === 'object') return JSON.stringify(value);
  return value as Cell;
};

const changeOf = ({ changedAt, reason, field, before, after }: OwnChange): Item => ({
  changedAt: changedAt.toISOString(),
  field,
  before: textOf(field, before),
  after: textOf(field, after),
  reason,
});

/** What is sealed of a person, on all their records. */
export const sealedSections = (records: readonly OwnRecord[]): Section[] => [
  { name: 'identity', items: records.map(identityOf) },
  {
    name: 'documents',
    items: records.flatMap(
      ({ personal }) => personal?.documents.map(({ type, number, issuingCountry }) => ({ type, number, issuingCountry })) ?? [],
    ),
  },
  { name: 'attestations', items: records.flatMap(attestationsOf) },
  { name: 'phones', items: records.flatMap(({ personal }) => personal?.phones.map((phone) => ({ phone })) ?? []) },
  { name: 'answers', items: records.flatMap(answersOf) },
  { name: 'consents', items: records.flatMap(consentsOf) },
  { name: 'changes', items: records.flatMap(({ changes }) => changes.map(changeOf)) },
];

/** Every assessment as a line with its sum, and under it what each question came to. */
export async function assessmentSections(db: Db, keyRing: KeyRing, records: readonly string[], language: Language): Promise<Section[]> {
  const found = [];
  for (const record of records) found.push(...(await everyAssessmentOf(db, keyRing, record, language)));
  return [
    {
      name: 'assessments',
      items: found.map(({ scorecardVersion, number, outcome, score, threshold, tier, assessedAt }) => ({
        scorecard: scorecardVersion,
        number,
        outcome,
        score,
        threshold,
        tier: tier?.text ?? null,
        assessedAt,
      })),
    },
    {
      name: 'assessmentLines',
      items: found.flatMap(({ scorecardVersion, number, lines, groups }) => [
        ...lines.map(({ text, outcome, answer, points }) => ({ scorecard: scorecardVersion, number, text, outcome, answer, points })),
        ...groups.map(({ text, points }) => ({ scorecard: scorecardVersion, number, text, outcome: null, answer: null, points })),
      ]),
    },
  ];
}

/** What the person told us, and what they were answered. */
export async function feedbackSection(db: Db, keyRing: KeyRing, records: readonly string[]): Promise<Section> {
  const cases = await ownCases(db, keyRing, records);
  return {
    name: 'feedback',
    items: cases.map(({ receivedAt, text, ...rest }) => ({ ...rest, told: text, receivedAt: receivedAt.toISOString() })),
  };
}
