// The match: what the page was given, and what follows from it. Times are in steps, lengths in u.

const match = JSON.parse(document.getElementById("match").textContent);

// In-between scenes are drawn at these many steps a second at speed 1, as in the videos.
const stepsPerSecond = 15;

// Steps for which the ball's trail and the marks of kicks stay.
const trailSteps = 8;
const kickMarkSteps = 3;

// What the teams are called here, where they may have one name.
const names = match.names[0] === match.names[1] ? match.names.map((name, team) => `${name} (${"AB"[team]})`) : match.names;

const bodies = match.players[0] + match.players[1] + 1;
const ball = bodies - 1;

const places = (() => {
  const bytes = Uint8Array.from(atob(match.places), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({length: bytes.length / 2}, (_, i) => view.getInt16(2 * i, true) * match.unit);
})();

const lastStep = places.length / (2 * bodies) - 1;

// Where a body stands in a scene: the scene after so many steps.
function placeAt(step, body) {
  const first = 2 * (step * bodies + body);
  return {x: places[first], y: places[first + 1]};
}

function mix(from, to, share) {
  return {x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share};
}

const kicks = match.kicks.map(([step, team, player, x, y, passed, shot]) =>
  ({step, team, player, place: {x: x * match.unit, y: y * match.unit}, passed: passed === 1, shot: shot === 1}));

// Goals: where the ball lay in the net, and the kick that brought it there, if there was one since the kick-off.
const goals = match.goals.map(([step, team, x, y], index) => {
  const kickOff = index === 0 ? 0 : match.goals[index - 1][0];
  const kick = kicks.filter((one) => one.step > kickOff && one.step <= step).pop();
  return {step, team, place: {x: x * match.unit, y: y * match.unit}, kick, own: kick !== undefined && kick.team !== team};
});

const goalAt = new Map(goals.map((goal) => [goal.step, goal]));

// Where a body is at a time. A goal's scene is already the kick-off after it, to which nobody runs: until then the
// players stay where they were last seen and the ball goes into the net.
function bodyAt(time, body) {
  const from = Math.min(Math.floor(time), lastStep);
  if (time === from && goalAt.has(from)) return body === ball ? goalAt.get(from).place : placeAt(from - 1, body);
  if (time === from) return placeAt(from, body);
  const goal = goalAt.get(from + 1);
  if (!goal) return mix(placeAt(from, body), placeAt(from + 1, body), time - from);
  return body === ball ? mix(placeAt(from, ball), goal.place, time - from) : placeAt(from, body);
}

// The ball's way of the last steps up to a time, oldest first, since the last kick-off.
function trailAt(time) {
  const kickOff = goals.reduce((last, goal) => (goal.step < time ? goal.step : last), 0);
  const trail = [];
  for (let step = Math.max(kickOff, Math.ceil(time) - trailSteps); step < time; ++step) trail.push(placeAt(step, ball));
  return trail.concat(bodyAt(time, ball));
}

// The kicks that are still marked, with their age from 0 to 1.
function freshKicks(time) {
  return kicks
    .filter((kick) => kick.step - 1 <= time && kick.step - 1 + kickMarkSteps > time)
    .filter((kick) => !goals.some((goal) => goal.step >= kick.step && goal.step <= time))
    .map((kick) => ({...kick, age: (time - kick.step + 1) / kickMarkSteps}));
}

function scoreAt(time) {
  const score = [0, 0];
  for (const goal of goals) if (goal.step <= time) ++score[goal.team];
  return score;
}

// What both teams have done up to a time.
function figuresAt(time) {
  const played = Math.floor(time);
  const count = (of, which) => of.filter(which).length;
  const owned = match.owners.slice(1, played + 1);
  return [0, 1].map((team) => ({
    goals: scoreAt(time)[team],
    shots: count(kicks, (kick) => kick.team === team && kick.shot && kick.step <= played),
    passes: count(kicks, (kick) => kick.team === team && kick.passed && kick.step <= played),
    possession: played === 0 ? 0 : count([...owned], (owner) => owner === "ab"[team]) / played,
  }));
}
