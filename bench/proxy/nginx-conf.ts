/** A configuration of nginx as a single process that writes below `folder` alone. */
export function nginxConf(folder: string, name: string, server: string, port: number, http = ''): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${name}-${kind};`)
    .join(' ');
  return `daemon off; master_process off; pid ${folder}/${name}.pid; error_log ${folder}/${name}.err;
events { worker_connections 4096; }
http {
  ${temporary}
  access_log off; keepalive_requests 1000000000; keepalive_timeout 65s;
  ${http}
  server { listen 127.0.0.1:${port} backlog=4096; ${server} }
}
`;
}
