// The table of figures and the list of goals.

const percent = (share) => `${Math.round(100 * share)} %`;

const figureRows = [
  {label: "Goals", value: (figures) => figures.goals, text: String},
  {label: "Possession", value: (figures) => figures.possession, text: percent, whole: 1},
  {label: "Shots", value: (figures) => figures.shots, text: String},
  {label: "Passes", value: (figures) => figures.passes, text: String},
];

// Two rows of the table for each figure: both teams' values, and bars whose lengths are their shares.
for (const row of figureRows) {
  const table = document.getElementById("table");
  const values = table.insertRow();
  const cell = (team) => {
    const data = document.createElement("td");
    data.className = "ab"[team];
    return data;
  };
  const label = document.createElement("th");
  label.scope = "row";
  label.textContent = row.label;
  row.cells = [cell(0), cell(1)];
  values.append(row.cells[0], label, row.cells[1]);

  const bars = table.insertRow();
  bars.className = "bars";
  bars.ariaHidden = "true";
  const holder = bars.insertCell();
  holder.colSpan = 3;
  const bar = document.createElement("div");
  bar.className = "bar";
  row.bars = ["a", "b"].map((team) => {
    const part = document.createElement("i");
    part.className = team;
    return part;
  });
  bar.append(...row.bars);
  holder.append(bar);
}

let shownFigures = "";

function showFigures(time) {
  const figures = figuresAt(time);
  const key = JSON.stringify(figures);
  if (key === shownFigures) return;
  shownFigures = key;
  for (const row of figureRows) {
    const values = figures.map(row.value);
    const sum = row.whole || values[0] + values[1] || 1;
    values.forEach((value, team) => {
      row.cells[team].textContent = row.text(value);
      row.bars[team].style.width = `calc(${100 * value / sum}% - ${value > 0 && value < sum ? 1.5 : 0}px)`;
    });
  }
}

// How a goal came about, in a few words.
function goalWords(goal) {
  const team = names[goal.team];
  if (!goal.kick) return team;
  const number = goal.kick.player + 1;
  return goal.own ? `${team} (own goal, ${number})` : `${team}, no. ${number}`;
}

const goalButtons = goals.map((goal, index) => {
  const score = goals.slice(0, index + 1).reduce((sum, one) => (++sum[one.team], sum), [0, 0]);
  const button = document.createElement("button");
  button.className = "ab"[goal.team];
  const step = document.createElement("small");
  step.textContent = goal.step;
  const words = document.createElement("span");
  words.textContent = goalWords(goal);
  words.title = goalWords(goal);
  const result = document.createElement("b");
  result.textContent = score.join(" - ");
  button.append(step, words, result);
  const item = document.createElement("li");
  item.append(button);
  document.getElementById("goal_list").append(item);
  return button;
});

if (goals.length === 0) {
  const none = document.createElement("li");
  none.className = "none";
  none.textContent = "No goal in this match.";
  document.getElementById("goal_list").append(none);
}

// Goals to come are faint.
function showGoals(time) {
  goals.forEach((goal, index) => goalButtons[index].classList.toggle("ahead", goal.step > time));
}
