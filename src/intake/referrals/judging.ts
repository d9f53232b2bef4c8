import { type Candidate, type Checked, placesOf } from '../../beneficiaries/index.ts';
import type { Text } from '../../platform/index.ts';
import { say } from '../words.ts';
import type { NewReferral, ReferralResult, Submitted, Wrong } from './types.ts';

/** Somebody to be entered, and the digest of what the partner wrote of them. */
export interface Entering {
  readonly reference: string;
  readonly candidate: Candidate;
  readonly contentIndex: Buffer;
}

export interface Judgement {
  /** For each in the order given. */
  readonly results: ReferralResult[];
  /** Those whom nothing keeps out. */
  readonly entering: Entering[];
}

interface Evidence {
  readonly checkOf: (referral: NewReferral) => Checked | undefined;
  readonly digestOf: (referral: NewReferral) => Buffer;
  /** Digests by the references that the partner has used before. */
  readonly earlier: ReadonlyMap<string, Buffer>;
}

const refused = (index: number, reference: string | undefined, errors: Wrong[]): ReferralResult => ({
  index,
  ...(reference === undefined ? {} : { reference }),
  outcome: 'refused',
  errors,
});

const atReference = (detail: Text): Wrong[] => [{ pointer: '/reference', detail }];

const inRegistration = ({ pointer, detail }: Wrong): Wrong => ({ pointer: `/registration${pointer}`, detail });

/** Decides of each referral whether it is taken in, was taken in before, or is refused and why. */
export function judge(submitted: readonly Submitted[], { checkOf, digestOf, earlier }: Evidence): Judgement {
  const places = new Map<string, number>();
  const entering: Entering[] = [];
  const results = submitted.map((one, index): ReferralResult => {
    if ('faults' in one) return refused(index, one.reference, [...one.faults]);
    const { reference } = one.referral;
    const place = places.get(reference);
    if (place !== undefined) return refused(index, reference, atReference(say('reference_at_index', { index: place })));
    places.set(reference, index);
    const contentIndex = digestOf(one.referral);
    const known = earlier.get(reference);
    if (known?.equals(contentIndex)) return { index, reference, outcome: 'received_before' };
    if (known) return refused(index, reference, atReference(say('reference_of_others')));
    const checked = checkOf(one.referral);
    if (!checked || 'faults' in checked) return refused(index, reference, placesOf(checked?.faults ?? []).map(inRegistration));
    entering.push({ reference, contentIndex, candidate: checked.candidate });
    return { index, reference, outcome: 'received' };
  });
  return { results, entering };
}
