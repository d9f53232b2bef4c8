import type { ProblemPlace, Text } from '../platform/index.ts';
import type { Obstacle } from './types.ts';
import { say } from './words.ts';

/** What is kept for a time, how long unless somebody says otherwise, and whether programmes may differ. In days. */
export const categories = {
  applicants: { keepDays: 365, byProgramme: true },
  exited: { keepDays: 1_825, byProgramme: true },
  staged_files: { keepDays: 30, byProgramme: true },
  self_registrations: { keepDays: 30, byProgramme: false },
  idempotency_answers: { keepDays: 30, byProgramme: false },
  message_references: { keepDays: 90, byProgramme: true },
  feedback_cases: { keepDays: 730, byProgramme: true },
  survey_answers: { keepDays: 365, byProgramme: true },
} as const;

export type CategoryName = keyof typeof categories;

export const DAY_MS = 86_400_000;

/** So long a shorter time waits before anything goes by it. */
export const NOTICE_DAYS = 7;

/** The fewest and the most days that a category can be kept. */
export function boundsOf(category: CategoryName): readonly [least: number, most: number] {
  const least = { applicants: 30, exited: 180 }[category as string] ?? 1;
  return [least, category === 'idempotency_answers' ? 30 : 36_500];
}

/** From when a new time holds: one that keeps longer at once, one that keeps shorter after a notice in which somebody can object. */
export const holdsFrom = (now: Date, keepDays: number, before: number): Date =>
  keepDays >= before ? now : new Date(now.getTime() + NOTICE_DAYS * DAY_MS);

/** An obstacle in words, with what to do. */
export const whatToDo = ({ obstacle, about }: Obstacle): Text => say(obstacle, { about });

/** Obstacles as the places of a refusal. */
export const placesOf = (obstacles: readonly Obstacle[]): ProblemPlace[] =>
  obstacles.map((one) => ({ cell: one.obstacle, detail: whatToDo(one) }));
