"""The words that the library for the command line puts around ours, in the clerk's language."""

from __future__ import annotations

from typer import rich_utils

CHINESE = {
    "ARGUMENTS_PANEL_TITLE": "要写的",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "ERRORS_PANEL_TITLE": "写法不对",
    "REQUIRED_LONG_STRING": "[必填]",
    "DEFAULT_STRING": "[默认 {}]",
    "ABORTED_TEXT": "已取消。",
    "RICH_HELP": "写法见 [blue]{command_path} {help_option}[/]",
}


def speak_chinese() -> None:
    """From now on the help and its errors use `CHINESE`; a word that the library no longer has is an AttributeError."""
    for name, words in CHINESE.items():
        getattr(rich_utils, name)
        setattr(rich_utils, name, words)
