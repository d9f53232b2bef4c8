import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whole processes that are killed, and whole stories: each of these takes ten seconds and more. */
const long = [
  '/test/dump.',
  '/test/chaos/',
  '/test/crash/',
  '/test/model/',
  '/src/platform/jobs.',
  '/src/interop/kobo/',
  '/src/payments/large.',
];
/** Files that come between two of them: side by side they would starve each other. */
const BETWEEN = 6;

const isLong = ({ moduleId }: TestSpecification): boolean => long.some((place) => moduleId.includes(place));

/** Begins early with the files that take long, so that nobody waits for one of them in the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const [slow, quick] = [sorted.filter(isLong), sorted.filter((file) => !isLong(file))];
    const mixed = slow.flatMap((file) => [file, ...quick.splice(0, BETWEEN)]);
    return [...mixed, ...quick];
  }
}
