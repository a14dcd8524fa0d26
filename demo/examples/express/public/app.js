async function load() {
  const { notes, pid, node } = await (await fetch('/api/notes')).json();
  document.querySelector('#node').textContent = node;
  document.querySelector('#pid').textContent = pid;
  for (const note of notes) {
    const item = document.createElement('li');
    item.textContent = note;
    document.querySelector('#notes').append(item);
  }
}
load().catch((error) => { document.querySelector('#notes').textContent = String(error); });

new EventSource('/clock').onmessage = ({ data }) => {
  document.querySelector('#clock').textContent = new Date(data).toLocaleTimeString();
};
