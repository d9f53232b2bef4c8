/** A group that is under way for longer, in milliseconds, no longer holds back the next: it waits for somebody else. */
const PATIENCE = 50;

interface Waiting<One, Answer> {
  readonly one: One;
  readonly claims: readonly string[];
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** Lets those who come while others are under way gather, and go together once these are done. Who comes alone goes at once. */
export class Gathering<One, Answer> {
  readonly #go: (group: readonly One[]) => Promise<readonly Answer[]>;
  readonly #most: number;
  readonly #claimsOf: (one: One) => readonly string[];
  #waiting: Waiting<One, Answer>[] = [];
  #isUnderWay = false;

  /**
   * @param go what a group does: it answers each, in their order
   * @param most as many as go together at most
   * @param claimsOf what one wants to itself: no two who claim the same go together
   */
  constructor(
    go: (group: readonly One[]) => Promise<readonly Answer[]>,
    { most, claimsOf = () => [] }: { readonly most: number; claimsOf?(one: One): readonly string[] },
  ) {
    this.#go = go;
    this.#most = most;
    this.#claimsOf = claimsOf;
  }

  /** Goes with the next group. @throws what went wrong with the whole of it */
  join(one: One): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ one, claims: this.#claimsOf(one), resolve, reject });
      this.#departSoon();
    });
  }

  // Not at once: whoever comes in the same turn of the event loop comes along.
  #departSoon(): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    process.nextTick(() => void this.#depart());
  }

  async #depart(): Promise<void> {
    const group = this.#takeGroup();
    let holdsBack = true;
    const letNextGo = () => {
      if (!holdsBack) return;
      holdsBack = false;
      this.#isUnderWay = false;
      if (this.#waiting.length > 0) this.#departSoon();
    };
    const patience = setTimeout(letNextGo, PATIENCE);
    try {
      const answers = await this.#go(group.map(({ one }) => one));
      group.forEach(({ resolve }, i) => void resolve(answers[i] as Answer));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    clearTimeout(patience);
    letNextGo();
  }

  #takeGroup(): Waiting<One, Answer>[] {
    const claimed = new Set<string>();
    const group: Waiting<One, Answer>[] = [];
    this.#waiting = this.#waiting.filter((waiting) => {
      const { claims } = waiting;
      if (group.length === this.#most || claims.some((claim) => claimed.has(claim))) return true;
      for (const claim of claims) claimed.add(claim);
      group.push(waiting);
      return false;
    });
    return group;
  }
}
