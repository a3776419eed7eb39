"""Play WeChat on the command line: lines typed in go to the webhook, replies are printed."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

from connectors.wechat.platform.account import Account
from connectors.wechat.platform.citizen import Citizen
from connectors.wechat.platform.delivery import Exchange
from connectors.wechat.platform.server import WechatPlatform

HELP = """\
A line is said as the citizen. Besides:
  /follow [SCENE]  /unfollow  /scan SCENE  /click KEY  /view URL
  /image FILE  /voice FILE [WORDS]  /video FILE
  /place LATITUDE LONGITUDE [LABEL]  /report LATITUDE LONGITUDE  /link TITLE DESCRIPTION URL
  /unsupported  /as OPENID  /fail PATH CODE  /expire  /help  /quit"""


def main(arguments: list[str] | None = None) -> int:
    """Read the options, then play until the input ends."""
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(_play(options))
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m connectors.wechat.platform",
        description="A stand-in for the WeChat platform. Start the service with WECHAT_API_BASE=http://HOST:PORT.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    played = Account()
    parser.add_argument("--webhook", default="http://127.0.0.1:8080/webhooks/wechat")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090, help="where the server API is played (default 8090)")
    parser.add_argument("--token", default=os.environ.get("WECHAT_TOKEN") or played.token)
    parser.add_argument("--app-id", default=os.environ.get("WECHAT_APP_ID") or played.app_id)
    parser.add_argument("--app-secret", default=os.environ.get("WECHAT_APP_SECRET") or played.app_secret)
    parser.add_argument("--aes-key", default=os.environ.get("WECHAT_AES_KEY", ""))
    parser.add_argument("--mode", choices=("plain", "compatible", "safe"), help="default: safe with a key, else plain")
    parser.add_argument("--data-format", choices=("xml", "json"), default="xml")
    parser.add_argument("--openid", default="", help="who writes (default: a new citizen)")
    parser.add_argument("--repeat-after", type=float, default=5.0, help="seconds until a message comes again")
    parser.add_argument("--deliveries", type=int, default=3, help="how often a message comes at most")
    parser.add_argument("--say", action="append", default=[], help="say this and stop; may be given several times")
    parser.add_argument("--wait", type=float, default=3.0, help="seconds to wait for pushed messages at the end")
    return parser


def _account(options: argparse.Namespace) -> Account:
    mode = options.mode or ("safe" if options.aes_key else "plain")
    if mode != "plain" and not options.aes_key:
        raise SystemExit(f"--mode {mode} needs --aes-key (43 letters and digits)")
    return Account(
        token=options.token,
        app_id=options.app_id,
        app_secret=options.app_secret,
        aes_key=options.aes_key,
        mode=mode,
        data_format=options.data_format,
    )


async def _play(options: argparse.Namespace) -> None:
    platform = WechatPlatform(_account(options), options.webhook, options.repeat_after, options.deliveries)
    async with platform.running(options.host, options.port):
        citizen = platform.citizen(options.openid)
        print(f"server API at {platform.base_url} · {platform.account.mode} mode · citizen {citizen.openid}")
        await _print_verification(platform)
        pushes = asyncio.create_task(_print_pushes(platform))
        await (_say_all(citizen, options.say) if options.say else _talk(platform, citizen))
        await asyncio.sleep(options.wait)
        pushes.cancel()


async def _print_verification(platform: WechatPlatform) -> None:
    """As 提交 on the account's page does."""
    try:
        verified = await platform.verify()
    except (aiohttp.ClientError, OSError) as error:
        print(f"webhook {platform.webhook}: {error}")
        return
    print(f"webhook {platform.webhook}: {'verified' if verified else 'did NOT echo the challenge'}")


async def _say_all(citizen: Citizen, texts: list[str]) -> None:
    for text in texts:
        _print_exchange(await citizen.say(text))


async def _talk(platform: WechatPlatform, citizen: Citizen) -> None:
    """Line by line from standard input."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        words = line.strip().split()
        if words[:1] == ["/quit"]:
            return
        if words[:1] == ["/as"] and len(words) == 2:
            citizen = platform.citizen(words[1])
        elif words:
            await _obey(platform, citizen, line.strip(), words)


async def _obey(platform: WechatPlatform, citizen: Citizen, line: str, words: list[str]) -> None:
    """One line: words, or a command whose mistakes are explained."""
    if not line.startswith("/"):
        _print_exchange(await citizen.say(line))
        return
    try:
        exchange = await _command(platform, citizen, words[0][1:], words[1:])
    except (LookupError, ValueError, TypeError, OSError) as error:
        print(f"{words[0]}: {error}\n{HELP}")
        return
    if exchange:
        _print_exchange(exchange)


async def _command(platform: WechatPlatform, citizen: Citizen, name: str, words: list[str]) -> Exchange | None:
    """Commands to the platform here, deeds of the citizen below."""
    if name == "fail":
        code = words[1]
        platform.fail(words[0], int(code) if code.lstrip("-").isdigit() else code)
    elif name == "expire":
        platform.expire_tokens()
    elif name == "help":
        print(HELP)
    else:
        return await _deed(citizen, name, words)
    return None


async def _deed(citizen: Citizen, name: str, words: list[str]) -> Exchange:
    if name in ("image", "video"):
        content = Path(words[0]).read_bytes()
        return await (citizen.send_image(content) if name == "image" else citizen.send_video(content))
    if name == "voice":
        return await citizen.send_voice(Path(words[0]).read_bytes(), " ".join(words[1:]) or None)
    if name == "place":
        return await citizen.send_location(float(words[0]), float(words[1]), " ".join(words[2:]))
    if name == "report":
        return await citizen.report_location(float(words[0]), float(words[1]))
    deeds: dict[str, Callable[..., Awaitable[Exchange]]] = {
        "follow": citizen.follow,
        "unfollow": citizen.unfollow,
        "scan": citizen.scan,
        "click": citizen.click,
        "view": citizen.view,
        "link": citizen.send_link,
        "unsupported": citizen.send_unsupported,
    }
    return await deeds[name](*words)


def _print_exchange(exchange: Exchange) -> None:
    """What the citizen sees at once."""
    if exchange.fault:
        print(f"✗ {exchange.fault}, deliveries: {len(exchange.attempts)}. 该公众号提供的服务出现故障")
    elif exchange.reply:
        print(f"← {exchange.text or exchange.reply}")
    else:
        print("← (success, no passive reply)")


async def _print_pushes(platform: WechatPlatform) -> None:
    """Customer-service messages as they come."""
    shown = 0
    while True:
        for message in platform.pushed[shown:]:
            print(f"⇐ {message.text}")
        shown = len(platform.pushed)
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
