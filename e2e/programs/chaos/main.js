'use strict';
// Does all kinds of things to files, knows what must come of each, and ends with 1 as soon as something else does.
//
//   node main.js              a fixed number of steps
//   node main.js verify DIR   what was fsynced in DIR, by an earlier run that may have been ended by force, must be there
//
// SEED: what is done follows from it. SECONDS: how long, instead of so many steps. DIR: where (made anew; else a folder that is removed in the end).

const fs = require('fs');
const os = require('os');
const path = require('path');
const { Alone } = require('./alone.js');
const { Together } = require('./together.js');
const { Journal, verify } = require('./journal.js');

const STEPS = 400;
const STEPS_A_ROUND = 20;
const REPORT_MS = 10_000;

function told({ promises, broken }) {
  for (const one of broken) console.error(`chaos: ${one}`);
  if (broken.length > 0) process.exitCode = 1;
  return `${promises} promises, ${broken.length} broken`;
}

async function run() {
  const { SEED = '1', SECONDS, DIR } = process.env;
  const seed = Number(SEED);
  const folder = DIR ?? fs.mkdtempSync(path.join(os.tmpdir(), 'chaos-'));
  fs.mkdirSync(folder, { recursive: true });
  const journal = new Journal(folder, 'alone');
  const alone = new Alone(path.join(folder, 'alone'), seed, journal);
  const pair = path.join(folder, 'pair');
  const together = new Together(pair, seed);
  const end = SECONDS === undefined ? Infinity : Date.now() + Number(SECONDS) * 1000;
  let report = Date.now() + REPORT_MS;
  const goesOn = () => SECONDS === undefined ? alone.steps < STEPS : Date.now() < end;
  while (goesOn()) {
    const round = together.round();
    for (let i = 0; i < STEPS_A_ROUND && goesOn(); i++) await alone.step();
    await round;
    if (SECONDS !== undefined && Date.now() > report) {
      report += REPORT_MS;
      console.log(`chaos: ${alone.steps} steps, ${together.rounds} rounds`);
    }
  }
  const entries = alone.finish();
  const lines = await together.finish();
  journal.close();
  console.log(`chaos: seed ${seed}: ${alone.steps} steps, ${entries} entries, ${together.rounds} rounds, ${lines} lines`);
  console.log(`chaos: alone: ${told(verify(folder))}; pair: ${told(verify(pair))}`);
  if (DIR === undefined) fs.rmSync(folder, { recursive: true });
}

if (process.argv[2] === 'verify') {
  const folder = process.argv[3];
  for (const part of [folder, path.join(folder, 'pair')]) console.log(`chaos: ${part}: ${told(verify(part))}`);
} else {
  run().catch((error) => {
    console.error(`chaos: seed ${process.env.SEED ?? 1}: ${error.stack}`);
    process.exit(1);
  });
}
