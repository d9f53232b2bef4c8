import { type Candidate, type Checked, type Fault, faultDetails } from '../../beneficiaries/index.ts';
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

const atReference = (detail: string): Wrong[] => [{ pointer: '/reference', detail }];

const inRegistration = ({ pointer, code }: Fault): Wrong => ({ pointer: `/registration${pointer}`, detail: faultDetails[code] });

/** Decides of each referral whether it is taken in, was taken in before, or is refused and why. */
export function judge(submitted: readonly Submitted[], { checkOf, digestOf, earlier }: Evidence): Judgement {
  const places = new Map<string, number>();
  const entering: Entering[] = [];
  const results = submitted.map((one, index): ReferralResult => {
    if ('faults' in one) return refused(index, one.reference, [...one.faults]);
    const { reference } = one.referral;
    const place = places.get(reference);
    if (place !== undefined) return refused(index, reference, atReference(`The referral at index ${place} has this reference already.`));
    places.set(reference, index);
    const contentIndex = digestOf(one.referral);
    const known = earlier.get(reference);
    if (known?.equals(contentIndex)) return { index, reference, outcome: 'received_before' };
    if (known)
      return refused(index, reference, atReference('You used this reference for other particulars. Give each person one of their own.'));
    const checked = checkOf(one.referral);
    if (!checked || 'faults' in checked) return refused(index, reference, (checked?.faults ?? []).map(inRegistration));
    entering.push({ reference, contentIndex, candidate: checked.candidate });
    return { index, reference, outcome: 'received' };
  });
  return { results, entering };
}
