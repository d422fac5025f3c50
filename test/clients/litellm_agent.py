"""An agent of LiteLLM over any provider, in the repository that it is started in: MODEL, TASK, and `--stream`.

Its addresses and keys are where LiteLLM looks for them: in the environment. Tells its last words and the usage of each
reply as one line of JSON on the standard output.
"""

import json
import subprocess
import sys

import litellm

TOOL = {
    "type": "function",
    "function": {
        "name": "bash",
        "description": "Runs a command in the repository",
        "parameters": {
            "type": "object",
            "properties": {"command": {"type": "string"}},
            "required": ["command"],
        },
    },
}


def ask(model, messages, streams):
    asked = {"model": model, "messages": messages, "tools": [TOOL]}
    if not streams:
        return litellm.completion(**asked)
    chunks = litellm.completion(**asked, stream=True, stream_options={"include_usage": True})
    return litellm.stream_chunk_builder(list(chunks), messages=messages)


def main():
    model, task, *options = sys.argv[1:]
    messages, usages = [{"role": "user", "content": task}], []
    for _ in range(10):
        reply = ask(model, messages, "--stream" in options)
        usages.append(reply.usage.model_dump())
        message = reply.choices[0].message
        messages.append(message.model_dump())
        for call in message.tool_calls or []:
            command = json.loads(call.function.arguments)["command"]
            done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": done.stdout + done.stderr})
        if not message.tool_calls:
            print(json.dumps({"usages": usages, "said": message.content}))
            return


main()
