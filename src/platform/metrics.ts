import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the platform counts and times, for Prometheus to read. */
export interface Metrics {
  readonly registry: Registry;
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>;
  readonly commands: Counter<'command' | 'outcome'>;
  readonly jobs: Counter<'job' | 'outcome'>;
  /** The version of the master key that this process seals under: a rotation begins when all processes show the same. */
  readonly masterKeyVersion: Gauge;
}

/** @param processMetrics whether memory, CPU and event-loop figures are collected too */
export function createMetrics(processMetrics: boolean): Metrics {
  const registry = new Registry();
  if (processMetrics) collectDefaultMetrics({ register: registry });
  return {
    registry,
    requestSeconds: new Histogram({
      name: 'sanad_http_request_seconds',
      help: 'Time to answer a request',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [registry],
    }),
    commands: new Counter({
      name: 'sanad_commands_total',
      help: 'Commands carried out or refused',
      labelNames: ['command', 'outcome'],
      registers: [registry],
    }),
    jobs: new Counter({
      name: 'sanad_jobs_total',
      help: 'Background jobs finished or failed',
      labelNames: ['job', 'outcome'],
      registers: [registry],
    }),
    masterKeyVersion: new Gauge({
      name: 'sanad_master_key_version',
      help: 'Version of the master key that this process seals under',
      registers: [registry],
    }),
  };
}
