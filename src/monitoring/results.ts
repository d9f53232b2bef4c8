import { RECEIVED, UNKNOWN, valuesOf } from './questionnaire.ts';
import { type Confidence, effectiveSize, median, wilson } from './statistics.ts';
import { peopleIn, toldBy } from './strata.ts';
import { LEAST, toldBeside } from './suppression.ts';
import type { Questionnaire, Response, Sizes, Stratum, SurveyGroup, SurveyQuestion, SurveyResults } from './types.ts';

type Weighted = Response & { readonly weight: number };
type By = SurveyGroup['by'];

const valueIn: Readonly<Record<By, (response: Response) => string>> = {
  all: () => 'all',
  sex: ({ sex }) => sex,
  age: ({ ageBand }) => ageBand,
  wilaya: ({ wilaya }) => wilaya,
  disability: ({ hasDisability }) => (hasDisability ? 'yes' : 'no'),
};
const dimensions = Object.keys(valueIn) as By[];

/** Each answer with how many people it stands for. */
function weighted(responses: readonly Response[], strata: readonly Stratum[]): Weighted[] {
  const answered = new Map<string, number>();
  for (const { stratum } of responses) answered.set(stratum, (answered.get(stratum) ?? 0) + 1);
  const people = new Map(strata.map(({ stratum, population }) => [stratum, population]));
  return responses.map((response) => ({
    ...response,
    weight: (people.get(response.stratum) ?? 0) / (answered.get(response.stratum) ?? 1),
  }));
}

const round = (share: number): number => Math.round(share * 10_000) / 10_000;
const sum = (figures: readonly number[]): number => figures.reduce((total, figure) => total + figure, 0);

/** The shares of what a question was answered by, among those who said. */
function sharesOf(values: readonly string[], of: readonly Weighted[], question: string, confidence: Confidence) {
  const total = sum(of.map(({ weight }) => weight));
  const n = effectiveSize(of.map(({ weight }) => weight));
  return values.map((value) => {
    const share = sum(of.filter(({ answers }) => answers[question] === value).map(({ weight }) => weight)) / total;
    const interval = wilson(share, n, confidence);
    return { value, share: round(interval.share), low: round(interval.low), high: round(interval.high) };
  });
}

type QuestionResult = SurveyResults['questions'][number];

/** Those who said something. "I do not know" says nothing of the share. */
const whoSaid = <Of extends Response>(of: readonly Of[], { id }: SurveyQuestion): Of[] =>
  of.filter(({ answers }) => answers[id] !== undefined && answers[id] !== UNKNOWN);

const howManyDoNotKnow = (of: readonly Response[], { id }: SurveyQuestion): number =>
  of.filter(({ answers }) => answers[id] === UNKNOWN).length;

function resultOf(
  question: SurveyQuestion,
  group: SurveyGroup,
  said: readonly Weighted[],
  unknown: number,
  isTold: boolean,
  confidence: Confidence,
): QuestionResult {
  const nothing = { question: question.id, group, n: null, unknown: null, shares: null, mean: null, median: null };
  if (!isTold) return nothing;
  const values = valuesOf(question)?.filter((value) => value !== UNKNOWN);
  if (values) return { ...nothing, n: said.length, unknown, shares: sharesOf(values, said, question.id, confidence) };
  const figures = said.map(({ answers, weight }) => ({ figure: Number(answers[question.id]), weight }));
  const mean = sum(figures.map(({ figure, weight }) => weight * figure)) / sum(figures.map(({ weight }) => weight));
  return { ...nothing, n: said.length, unknown, mean: round(mean), median: round(median(figures)) };
}

/** What is known of a round beside the answers. */
export interface Surroundings {
  readonly roundId: string;
  readonly confidence: Confidence;
  readonly questionnaire: Questionnaire;
  readonly strata: readonly Stratum[];
  /** People whom the round is about, in each group. */
  readonly sizes: Sizes;
}

/** What people said, by group, and how many were reached by their own word. What is said in words is in no result. */
export function resultsOf(
  responses: readonly Response[],
  { roundId, confidence, questionnaire, strata, sizes }: Surroundings,
): SurveyResults {
  const all = weighted(responses, strata);
  const questions: QuestionResult[] = [];
  const reached: SurveyResults['reached'] = [];
  const asked = questionnaire.filter(({ type }) => type !== 'text');
  for (const by of dimensions) {
    const groups = sizes.groups
      .filter((size) => size.by === by)
      .map((size) => ({
        group: { by, value: size.value },
        people: peopleIn(size, roundId),
        of: all.filter((response) => valueIn[by](response) === size.value),
      }));
    const told = toldBy(sizes, by);
    const paidTold = groups.map(({ group }) => told.has(group.value));
    // Each question has groups of its own that are hidden: not everybody was asked it, or knew.
    const results = asked.map((question) => {
      const said = groups.map(({ of }) => whoSaid(of, question));
      const isTold = toldBeside(
        groups.map(({ people, of }, i) => [people, of.length, said[i]?.length ?? 0]),
        (i) => !paidTold[i],
      );
      return groups.map(({ group, of }, i) =>
        resultOf(question, group, said[i] ?? [], howManyDoNotKnow(of, question), isTold[i] === true, confidence),
      );
    });
    groups.forEach(({ group, people }, i) => {
      // Another round of the same days has somebody there; this one has nobody.
      if (people === 0 && paidTold[i]) return;
      const ofGroup = results.flatMap((each) => each[i] ?? []);
      questions.push(...ofGroup);
      reached.push(reachedOf(group, paidTold[i] ? people : null, ofGroup));
    });
  }
  return {
    roundId,
    confidence,
    interviewed: all.length < LEAST || !toldBy(sizes, 'all').size ? null : all.length,
    weighted: strata.length > 1,
    questions,
    reached,
  };
}

function reachedOf(group: SurveyGroup, paid: number | null, results: readonly QuestionResult[]): SurveyResults['reached'][number] {
  const yes = results.find(({ question }) => question === RECEIVED)?.shares?.find(({ value }) => value === 'yes');
  const of = (share: number | undefined) => (paid === null || share === undefined ? null : Math.round(paid * share));
  return { group, paid, adjusted: of(yes?.share), adjustedLow: of(yes?.low), adjustedHigh: of(yes?.high) };
}
