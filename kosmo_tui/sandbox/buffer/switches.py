"""What nobody has seen of the real service yet: one named switch each, with a default that seems sane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass
class Switches:
    """Set one to try how a client takes the other possibility."""

    # paging
    page_default: int = 20  # posts, ideas and templates on a page when `first` is left out
    page_max: int = 100  # a greater `first` is cut to this
    default_sort: tuple[str, str] = ("dueAt", "asc")  # order of posts without `sort`

    # errors
    not_found_message: str = "{what} not found"  # of errors[] with code NOT_FOUND
    bad_variables_status: int = 400  # variables that do not fit their types
    strict_object_ids: bool = (
        False  # (read at the start only) refuse ids that are not 24 hex digits as bad input, not as unknown
    )
    delete_failure: Literal["errors", "void"] = "errors"  # how deletePost and movePostInQueue fail
    complexity_status: int = 200  # a query that is too costly
    refused_requests_count: bool = False  # does a 429 use up the windows, too?

    # posts
    via: Literal["api", "buffer"] = "buffer"  # Post.via of posts made with an API key
    scheduling_type_reads_null: bool = True  # Post.schedulingType of posts made with an API key
    drafts_keep_due_at: bool = False  # does a draft keep the dueAt it was given?
    no_slots: Literal["accept", "refuse"] = "accept"  # addToQueue on a channel without posting times
    disconnected: Literal["accept", "refuse"] = "refuse"  # createPost on a channel that lost its connection
    foreign_metadata: Literal["ignore", "refuse"] = "refuse"  # metadata of another network than the channel's
    duplicate_text_seconds: int = 0  # refuse the text of a younger post of the channel (legacy code 1025); 0: never
    enforce_daily_limits: bool = True  # do dailyPostingLimits refuse, or only inform?
    edit_drops_omitted_assets: bool = False  # one report says an omitted `assets` lost the video

    # ideas
    create_idea_answers: Literal["Idea", "IdeaResponse"] = "Idea"  # which success member createIdea sends
