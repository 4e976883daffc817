"""Addresses: users, feeds, roster, state of the platform, trail."""

from django.urls import URLPattern

from kuangan.web.admin import account_requests, feeds, identities, invitations, posts, rosters, status, trail, users
from kuangan.web.frame.doors import page

urlpatterns: list[URLPattern] = [
    page("feeds/", feeds.feeds, "feeds"),
    page("feeds/files/", feeds.feed_files, "feed_files"),
    page("feeds/points/", feeds.feed_points, "feed_points"),
    page("feeds/points/<int:pk>/place/", feeds.place_point, "place_point"),
    page("feeds/changes/", feeds.feed_changes, "feed_changes"),
    page("feeds/changes/<int:pk>/note/", feeds.note_change, "note_change"),
    page("feeds/tokens/", feeds.feed_tokens, "feed_tokens"),
    page("feeds/tokens/<str:code>/new/", feeds.new_token, "new_token"),
    page("feeds/tokens/<int:pk>/stop/", feeds.stop_token, "stop_token"),
    page("status/", status.status, "status"),
    page("status/verify/", status.verify, "verify"),
    page("trail/", trail.trail, "trail"),
    page("trail/seals/", trail.seals, "seals"),
    page("trail/seals/anchors.jsonl", trail.anchors, "anchors"),
    page("users/", users.users, "users"),
    page("users/new/", users.new_user, "new_user"),
    page("users/<int:pk>/", users.user, "user"),
    page("users/people/<int:pk>/identity/", identities.identity, "identity"),
    page("users/posts/<int:pk>/", posts.post, "post"),
    page("users/requests/", account_requests.account_requests, "account_requests"),
    page("users/requests/<int:pk>/", account_requests.account_request, "account_request"),
    page("users/invitations/", invitations.invitations, "invitations"),
    page("users/invitations/<int:pk>/", invitations.invitation, "invitation"),
    page("users/invitations/letters/<int:pk>/", invitations.invitation_letters, "invitation_letters"),
    page("roster/", rosters.roster, "roster"),
]
