# What Open OnDemand does with an app, by the same rules: form, job and card, from its ERB files.
#
#   ruby ondemand.rb form APP                      the form, as JSON
#   ruby ondemand.rb stage APP FOLDER ANSWERS      the job's files; its options, as JSON
#   ruby ondemand.rb card APP CONNECTION_FILE      the HTML of a session that runs
require "erb"
require "json"
require "ostruct"
require "pathname"
require "yaml"

def render(file, object)
  ERB.new(Pathname(file).read, trim_mode: "-").result(object.instance_eval { binding })
end

# The shell in which OnDemand's template "basic" runs what an app brings.
def job(folder, connection)
  lines = connection.map { |name| "#{name}: $#{name}" }.join("\n")
  <<~SHELL
    #!/bin/bash
    cd #{folder}
    find_port () { python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
    create_passwd () { tr -cd a-zA-Z0-9 </dev/urandom | head -c "$1"; }
    wait_until_port_used () {
      for ((i = 0; i < 2 * $2; i++)); do
        (: <"/dev/tcp/${1/:/\/}") 2>/dev/null && return
        sleep 0.5
      done
      return 1
    }
    export host port
    host=${TEST_HOST:-$(hostname)}
    clean_up () {
      source clean.sh
      [[ $SCRIPT_PID ]] && pkill -P "$SCRIPT_PID"
      pkill -P $$
      exit "${1:-0}"
    }
    source before.sh
    ./script.sh &
    SCRIPT_PID=$!
    source after.sh
    (umask 077; echo "#{lines}" >connection.yml)
    wait $SCRIPT_PID || clean_up 1
    clean_up
  SHELL
end

def stage(app, folder, answers)
  context = OpenStruct.new(answers)
  session = OpenStruct.new(staged_root: folder)
  (app / "template").children.each do |file|
    rendered = folder / file.basename.sub(/\.erb$/, "")
    rendered.write(file.extname == ".erb" ? render(file, OpenStruct.new(session:, context:)) : file.read)
    rendered.chmod(file.stat.mode)
  end
  submit = YAML.safe_load(render(app / "submit.yml.erb", context))
  connection = submit["batch_connect"].fetch("conn_params", []) + %w[host port password]
  (folder / "job.sh").write(job(folder, connection))
  submit["script"]
end

action, app, *rest = ARGV
app = Pathname(app)
case action
when "form" then puts JSON.generate(YAML.safe_load(render(app / "form.yml.erb", OpenStruct.new)))
when "stage" then puts JSON.generate(stage(app, Pathname(rest[0]), JSON.parse(rest[1])))
when "card"
  connection = OpenStruct.new(YAML.safe_load(Pathname(rest[0]).read))
  puts render(app / "view.html.erb", connection)
else abort "ondemand.rb: form, stage or card"
end
