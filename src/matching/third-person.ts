import type { Comparison } from './compare.ts';

interface Doubt {
  readonly a: number;
  readonly b: number;
  readonly probability: number;
  readonly contradicted: boolean;
}

/** How sure both pairs with the third record must be, and how likely the pair in doubt by itself. */
const SURE = 0.98;
const LIKELY = 0.1;

/** Pairs that are left to a person because their records differ much, until a third record turns out to be the same person as both. */
export class ThirdPerson {
  readonly #same = new Map<number, Map<number, number>>();
  readonly #doubts: Doubt[] = [];

  /** Remembers a pair. Relatives and people of different sex stay in doubt whomever both are like. */
  add(a: number, b: number, { probability, decision, evidence }: Comparison): void {
    if (probability >= SURE) {
      this.#link(a, b, probability);
      this.#link(b, a, probability);
    }
    if (decision !== 'review') return;
    const contradicted = evidence.some(({ field, level }) => field === 'household' || (field === 'sex' && level === 'different'));
    this.#doubts.push({ a, b, probability, contradicted });
  }

  /** The pairs in doubt: decided as the same, and as surely as the weaker of two pairs with one third record, where there is one. */
  *settled(): Generator<{ a: number; b: number; probability: number; decision: 'same' | 'review' }> {
    for (const { a, b, probability, contradicted } of this.#doubts) {
      const through = contradicted || probability < LIKELY ? 0 : this.#strongestThrough(a, b);
      yield through > 0 ? { a, b, probability: through, decision: 'same' } : { a, b, probability, decision: 'review' };
    }
  }

  #strongestThrough(a: number, b: number): number {
    let strongest = 0;
    const others = this.#same.get(b);
    if (!others) return 0;
    for (const [third, probability] of this.#same.get(a) ?? [])
      strongest = Math.max(strongest, Math.min(probability, others.get(third) ?? 0));
    return strongest;
  }

  #link(from: number, to: number, probability: number): void {
    const links = this.#same.get(from) ?? new Map<number, number>();
    this.#same.set(from, links.set(to, probability));
  }
}
