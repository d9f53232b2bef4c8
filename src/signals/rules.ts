import type { ProblemPlace } from '../platform/index.ts';
import type { NewThreshold, Threshold } from './types.ts';

const stated = (name: 'factor' | 'opens' | 'closes', given: string | null, known: string | null): ProblemPlace[] => {
  if ((given === null) === (known === null)) return [];
  return [
    { pointer: `/${name}`, detail: known === null ? 'Signals of this kind go by none. Send null.' : 'Signals of this kind go by one.' },
  ];
};

/** What is wrong with figures that are to be set. @param now those that hold, which say what the kind goes by */
export function thresholdFaults({ factor, opens, closes }: NewThreshold, now: Threshold): ProblemPlace[] {
  const faults = [...stated('factor', factor, now.factor), ...stated('opens', opens, now.opens), ...stated('closes', closes, now.closes)];
  if (opens !== null && closes !== null && closes <= opens) faults.push({ pointer: '/closes', detail: `Later than ${opens}.` });
  if (factor !== null && !(Number(factor) > 0 && Number(factor) <= 100))
    faults.push({ pointer: '/factor', detail: 'Above 0, and 100 at most.' });
  return faults;
}
