import { isDeepStrictEqual } from 'node:util';
import cliProgress from 'cli-progress';
import { table } from '../support/table.ts';

/** What browsers and devices sign for: the demonstration has no address of its own. */
export const ORIGIN = 'http://localhost:0';

/** Where the demonstration tells what it does, and keeps count of what did not add up. */
export class Stage {
  #checks = 0;
  readonly #faults: string[] = [];
  readonly #started = performance.now();
  readonly #write: (text: string) => void;

  /** @param write where the story goes */
  constructor(write: (text: string) => void = (text) => process.stdout.write(text)) {
    this.#write = write;
  }

  /** A new chapter. */
  chapter(title: string): void {
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(0).padStart(3);
    this.#write(`\n${seconds} s ─ ${title}\n`);
  }

  /** One line of the story. */
  say(line: string): void {
    this.#write(`      ${line}\n`);
  }

  /** A few rows side by side. */
  show(rows: readonly (readonly string[])[]): void {
    for (const line of table(rows).split('\n')) this.say(`  ${line}`);
  }

  /** Something that must be so. The demonstration goes on, and fails at the end if it is not. */
  check(what: string, actual: unknown, expected: unknown): void {
    this.#checks += 1;
    if (isDeepStrictEqual(actual, expected)) {
      this.say(`✓ ${what}`);
      return;
    }
    const fault = `${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`;
    this.#faults.push(fault);
    this.say(`✗ ${fault}`);
  }

  /** A bar that fills while something takes its time; a plain line where nobody is watching. */
  progress(label: string, total: number): { to(done: number): void; end(): void } {
    if (!process.stdout.isTTY) return { to: () => {}, end: () => this.say(`${label}: ${total} of ${total}`) };
    const bar = new cliProgress.SingleBar(
      { format: `      ${label} {bar} {value}/{total}`, hideCursor: true },
      cliProgress.Presets.shades_classic,
    );
    bar.start(total, 0);
    return {
      to: (done) => bar.update(done),
      end: () => {
        bar.update(total);
        bar.stop();
      },
    };
  }

  /** The last word. @returns whether every figure added up */
  curtain(): boolean {
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1);
    const bad = this.#faults.length;
    this.#write(`\n${this.#checks} figures checked in ${seconds} s: ${bad === 0 ? 'every one adds up.' : `${bad} do not add up:`}\n`);
    for (const fault of this.#faults) process.stdout.write(`  ✗ ${fault}\n`);
    return bad === 0;
  }
}
