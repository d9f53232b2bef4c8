/** So many at a time. @returns a function that waits for a place, and answers one that gives it back */
export function placesFor(places: number): () => Promise<() => void> {
  let free = places;
  const queue: (() => void)[] = [];
  const leave = () => {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  };
  return async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
    return leave;
  };
}
