import { type RequestHandler, Router } from 'express';

/** Routes to be filled, and the handler that leads to them. */
export interface OperationRouter {
  /** Where the routes of an address are added. @throws Error for an address that does not begin with two fixed parts */
  at(path: string): Router;
  readonly lead: RequestHandler;
}

// Addresses are the same in capitals, as they are to Express.
const firstParts = (path: string): string => path.split('/', 3).join('/').toLowerCase();

/**
 * A router with a drawer for each beginning of an address (`/v1/payouts`): Express tries its routes one after another, which with hundreds of
 * operations costs more than many of them do.
 */
export function operationRouter(): OperationRouter {
  const drawers = new Map<string, Router>();
  return {
    at(path) {
      const first = firstParts(path);
      if (first.includes(':')) throw new Error(`the address ${path} begins with something that is not fixed`);
      const drawer = drawers.get(first) ?? Router();
      drawers.set(first, drawer);
      return drawer;
    },
    lead(request, response, next) {
      const drawer = drawers.get(firstParts(request.path));
      if (drawer) drawer(request, response, next);
      else next();
    },
  };
}
