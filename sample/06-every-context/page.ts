/** Logs in, and shows each context at work. */
export const PAGE = /* html */ `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Every context</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }
  section { border-top: 1px solid #ccc; padding: 0.5rem 0; }
  output { display: block; white-space: pre-wrap; font-family: monospace; }
</style>
<h1>One scheme, every context</h1>
<p>Press the buttons: everything is refused. Log in as <code>ada</code> or <code>bob</code> with the password
<code>secret</code>, and press them again. What is HTTP has its <a href="/docs">documents</a> as well.</p>
<form id="login">
  <label>Name <input name="username" value="ada"></label>
  <label>Password <input name="password" type="password" value="secret"></label>
  <button>Log in</button>
  <output id="who">Nobody is logged in</output>
</form>
<section><h2>REST</h2><button id="rest">Who am I?</button><output id="rest-out"></output></section>
<section><h2>GraphQL</h2><button id="subscribe">Subscribe to notes</button> <button id="add">Add a note</button>
  <output id="add-out"></output><output id="notes"></output></section>
<section><h2>Gateway</h2><button id="connect">Enter the chat</button> <button id="say">Say hello</button>
  <output id="chat"></output></section>
<section><h2>Microservice</h2><button id="greet">Ask for a greeting</button><output id="greet-out"></output></section>
<script src="/socket.io/socket.io.js"></script>
<script>
  let token;
  let chat;
  const $ = (id) => document.getElementById(id);
  const show = (id, value) => ($(id).textContent += (typeof value === 'string' ? value : JSON.stringify(value)) + '\\n');
  const onClick = (id, act) => $(id).addEventListener('click', act);
  const headers = () => ({ 'Content-Type': 'application/json', ...(token && { Authorization: 'Bearer ' + token }) });

  $('login').addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = await fetch('/token', { method: 'POST', body: new URLSearchParams(new FormData(event.target)) });
    const body = await answer.json();
    token = body.access_token;
    $('who').textContent = token ? 'Logged in' : body.error_description;
  });

  onClick('rest', async () => show('rest-out', await (await fetch('/me', { headers: headers() })).json()));
  onClick('greet', async () => show('greet-out', await (await fetch('/greeting', { headers: headers() })).json()));

  onClick('add', async () => {
    const body = JSON.stringify({ query: 'mutation { addNote(text: "hello") }' });
    const { data, errors } = await (await fetch('/graphql', { method: 'POST', headers: headers(), body })).json();
    show('add-out', errors ? errors[0].extensions.code : data);
  });

  // The protocol of graphql-ws, of which real applications use the client.
  onClick('subscribe', () => {
    const socket = new WebSocket(location.origin.replace('http', 'ws') + '/graphql', 'graphql-transport-ws');
    const send = (message) => socket.send(JSON.stringify(message));
    socket.onopen = () => send({ type: 'connection_init', payload: token && { Authorization: 'Bearer ' + token } });
    socket.onmessage = ({ data }) => {
      const { type, payload } = JSON.parse(data);
      if (type === 'connection_ack') {
        send({ id: '1', type: 'subscribe', payload: { query: 'subscription { noteAdded }' } });
        show('notes', 'Waiting for notes');
      } else if (type === 'next') show('notes', payload.errors ? payload.errors[0].message : payload.data);
      else if (type === 'error') show('notes', payload[0].message);
    };
  });

  onClick('connect', () => {
    chat?.close();
    chat = io({ auth: { token }, forceNew: true, reconnection: false });
    chat.on('connect', () => show('chat', 'Connected'));
    chat.on('connect_error', (error) => show('chat', error.message));
    chat.on('said', (text) => show('chat', text));
  });
  onClick('say', () => (chat?.connected ? chat.emit('say', 'hello') : show('chat', 'Enter the chat first')));
</script>
</html>
`;
