const STEP_MS = 100;

/** Asks again and again until there is what is waited for, at most for half a minute. @returns the last answer */
export async function waitFor<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask();
    if (isThere(answer) || tries === 300) return answer;
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
