/** Without an `action`, a form is sent to the page's own address, with all that its query says. */
const page = (fields: string) => `<!doctype html>
<html lang="en">
<head><title>The sample's provider</title></head>
<body>
<h1>The sample's provider</h1>
<p>The name is <code>demo</code>, the password <code>demo-secret</code>.</p>
<form method="post">
${fields}
<p><label>Name <input name="username" required /></label></p>
<p><label>Password <input name="password" type="password" required /></label></p>
<p><button>Log in</button></p>
</form>
</body>
</html>
`;

export const LOGIN_PAGE = page('');

export const DEVICE_PAGE = page(
  '<p><label>Code on the device <input name="user_code" required autofocus /></label></p>',
);
