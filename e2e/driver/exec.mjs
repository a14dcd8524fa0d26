// `cargo xtask exec`: runs commands inside a headless browser.
import { createReadStream } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { harnessFailed, Session } from './session.mjs';
import { readJob, readOptions, Usage } from './options.mjs';

process.exitCode = await main(process.argv.slice(2)).catch((error) => {
  console.error(`exec: ${error instanceof Usage ? error.message : error.stack}`);
  return error instanceof Usage ? 2 : harnessFailed;
});
await new Promise((resolve) => process.stdout.write('', resolve));
// An open stdin would keep the process.
process.exit();

async function main(argv) {
  const { settings, job } = readOptions(argv);
  const session = new Session({ ...settings, meter: settings.json || settings.batch !== undefined ? 100 : undefined });
  const interrupted = (signal) => void session.close().finally(() => process.exit(128 + (signal === 'SIGINT' ? 2 : 15)));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    if (settings.batch !== undefined) return await runBatch(session, settings.batch, job);
    return settings.json ? await runForMachines(session, job) : await runForPeople(session, job);
  } finally {
    await session.close();
  }
}

async function runForPeople(session, job) {
  const result = await session.run(job, {
    stdout: (bytes) => process.stdout.write(bytes),
    stderr: (bytes) => process.stderr.write(bytes),
    got: (answer) => {
      const head = [`HTTP/1.1 ${answer.status} ${answer.statusText}`.trimEnd(), ...answer.headers.map(([name, value]) => `${name}: ${value}`)];
      process.stdout.write(`${head.join('\n')}\n\n`);
      process.stdout.write(answer.body);
      if (answer.body.length > 0 && answer.body.at(-1) !== 10) process.stdout.write('\n');
    },
    input: process.stdin,
  });
  if (result.error) console.error(`exec: ${result.error}`);
  return result.code;
}

async function runForMachines(session, job) {
  const result = await collect(session, job, process.stdin);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return result.code;
}

/** A job a line. What a job leaves out is taken from the command line. Ends with 1 if any job did not end with 0. */
async function runBatch(session, file, defaults) {
  const here = path.dirname(path.resolve(file));
  const lines = readline.createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  let worst = 0;
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const job = readLine(line, `${file}:${number}`, here, defaults);
    const result = await collect(session, { ...job, id: job.id ?? number }, undefined);
    process.stdout.write(`${JSON.stringify(result)}\n`);
    if (result.code !== 0) worst = 1;
  }
  return worst;
}

function readLine(line, place, here, defaults) {
  try {
    const source = JSON.parse(line);
    if (!Array.isArray(source.command) || source.command.length === 0) throw new Usage('"command" must be a list of at least one word');
    const job = readJob(source, here);
    return {
      ...job,
      mount: [...defaults.mount, ...job.mount],
      env: { ...defaults.env, ...job.env },
      cwd: job.cwd ?? defaults.cwd,
      timeout: job.timeout ?? defaults.timeout,
    };
  } catch (error) {
    throw new Usage(`${place}: ${error.message}`);
  }
}

async function collect(session, job, input) {
  const parts = { stdout: [], stderr: [] };
  const result = await session.run(job, { stdout: (bytes) => parts.stdout.push(bytes), stderr: (bytes) => parts.stderr.push(bytes), input });
  const { id, command, code, signal, error } = result;
  return {
    id,
    command,
    code,
    signal,
    timed_out: result.timedOut,
    error,
    stdout: Buffer.concat(parts.stdout).toString(),
    stderr: Buffer.concat(parts.stderr).toString(),
    get: result.get.map(({ body, headers, ...answer }) => ({ ...answer, headers, body: Buffer.from(body).toString() })),
    boot_ms: result.timings.boot,
    spawn_ms: result.timings.spawn,
    exit_ms: result.timings.exit,
    syscalls: result.used.syscalls,
    peak_memory: result.used.peakMemory,
    rebirths: result.used.rebirths,
  };
}
